"""Compare our rows with Razorpay's lists, one page at a time.

A page is read without an open transaction. Its differences and the next page are
committed together, so a run that was interrupted repeats a page at most.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chassis import clock, leases
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.managers.differences import Difference
from payment_svc.managers.listed_rows import NOUNS, mark_listed
from payment_svc.managers.reconciliation_runs import OFTEN
from payment_svc.managers.run_cursor import Cursor
from payment_svc.managers.run_planning import plan_nightly
from payment_svc.models import DriftKind, ReconciliationRun
from payment_svc.razorpay.causes import BrokenList, ProviderProblem
from payment_svc.steps.context import Context
from payment_svc.steps.listings import Reading, compare, read_next
from payment_svc.steps.retries import retry_later

K = DriftKind
ACTOR = "reconciliation"
NOT_ENABLED = "not_enabled"


def plan_reconciliation() -> int:
    """Plan the next nightly run, RECONCILE_HOURS after the last one; 0 is never.

    Returns 0: no row was due.
    """
    work = Context(ACTOR)
    if work.settings.reconcile_hours:
        plan_nightly(work.session, timedelta(hours=work.settings.reconcile_hours))
        work.session.commit()
    return 0


def reconcile_page(run_id: int) -> None:
    """Read the next page of a leased run, and store what differs."""
    work = Context(ACTOR)
    cursor = work.runs.begin(run_id)
    work.session.commit()
    if cursor is None:
        return
    answer = read_next(work, cursor)
    failpoint("reconciliation.page_read")
    if isinstance(answer, Done):
        _store(work, cursor, answer.value)
    else:
        _retry(work, cursor, answer)


def _store(work: Context, cursor: Cursor, read: Reading) -> None:
    """Store what differs; rows are locked in the order payments, refunds, attempts."""
    now = clock.now()
    if not work.runs.is_current(cursor):  # another process has read this page
        work.session.rollback()
        return
    found = list(_differences(work, cursor, read))
    work.drift.record(work.runs.get(cursor.run_id), found)
    _mark(work, cursor, read, now)
    if not read.missing:  # else the next turn fetches more of them
        work.runs.advance(cursor, read.page)
    work.runs.schedule(cursor.run_id, work.settings.reconcile_pause_seconds)
    failpoint("reconciliation.before_commit")
    work.session.commit()
    failpoint("reconciliation.page_stored")


def _differences(work: Context, cursor: Cursor, read: Reading) -> Iterator[Difference]:
    page = read.page
    yield from compare(work, cursor.listing, page.items)
    for name in page.unreadable:
        yield Difference(K.UNREADABLE, name, "", f"in the list of {cursor.listing}")
    if (cut_off := cursor.cut_off(page)) is not None:
        yield cut_off
    yield from compare(work, cursor.listing, read.by_id) if read.by_id else ()
    for one in read.by_id:
        yield Difference(K.NOT_LISTED, one.id, NOUNS[cursor.listing], one.status)
    yield from read.lost


def _mark(work: Context, cursor: Cursor, read: Reading, now: datetime) -> None:
    """Store which of our rows Razorpay has returned, or refused to return."""
    page = read.page
    ids = [*(one.id for one in page.items), *page.unreadable, *read.missing]
    mark_listed(work.session, cursor.listing, ids, now)


def _retry(work: Context, cursor: Cursor, answer: Refused | Unknown) -> None:
    """Read the page again after a pause; leave a list that no retry can read."""
    why = answer.why if isinstance(answer, Unknown) else answer.description
    is_often = leases.attempts(ReconciliationRun, cursor.run_id) >= OFTEN
    if is_often and _is_final(answer) and work.runs.is_current(cursor):
        work.runs.give_up(cursor, why, is_broken=isinstance(answer, BrokenList))
        work.runs.schedule(cursor.run_id, work.settings.reconcile_pause_seconds)
        work.session.commit()
        return
    work.runs.fail(cursor.run_id, why)
    retry_later(work, ReconciliationRun, cursor.run_id, answer)


def _is_final(answer: Refused | Unknown) -> bool:
    """Return whether a list is refused or broken for good; an outage ends."""
    if isinstance(answer, ProviderProblem):
        return answer.cause.name == NOT_ENABLED or isinstance(answer, BrokenList)
    return isinstance(answer, Refused)
