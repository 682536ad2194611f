"""New runs of the reconciliation with Razorpay's lists: nightly or by hand."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from payment_svc.models import ReconciliationRun, RunState

# A bank captures an authorised payment within five days; lists go by creation.
LOOK_BACK = timedelta(days=6)


def plan_nightly(session: Session, interval: timedelta) -> None:
    """Plan the next nightly run, an interval after the last one at the latest."""
    rows = select(ReconciliationRun).filter_by(is_nightly=True)
    rows = rows.order_by(ReconciliationRun.id.desc()).limit(1).with_for_update()
    last = session.scalar(rows)
    if last is None or last.state == RunState.FINISHED:
        _insert_planned(session, last.until if last else clock.now(), interval)
    elif last.state == RunState.PLANNED:  # the interval may be shorter now
        last.until = min(last.until, _seconds(clock.now() + interval))
        last.next_check_at = last.until


def start(session: Session, since: datetime, until: datetime) -> int:
    """Start a run, or continue the unfinished one that began at the same moment."""
    rows = select(ReconciliationRun.id).filter_by(
        since=_seconds(since), is_nightly=False, state=RunState.RUNNING
    )
    found = session.scalar(rows.limit(1))
    if found is not None:
        return found
    now = clock.now()
    row = _run(since, until, RunState.RUNNING, started_at=now, next_check_at=now)
    session.add(row)
    session.flush()
    return row.id


def _insert_planned(session: Session, before: datetime, interval: timedelta) -> None:
    until = _seconds(max(before + interval, clock.now()))
    row = _run(before - LOOK_BACK, until, is_nightly=True, next_check_at=until)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another worker has planned it meanwhile
        return


def _run(
    since: datetime,
    until: datetime,
    state: RunState = RunState.PLANNED,
    **columns: Any,
) -> ReconciliationRun:
    begin = _seconds(since)
    return ReconciliationRun(
        since=begin, until=until, state=state, window_since=begin, **columns
    )


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
