"""Runs of the reconciliation with Razorpay's lists: their plan, pages and drift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from chassis import clock, dependencies, logging
from payment_svc.managers.differences import Difference, printable
from payment_svc.managers.drift import Drift
from payment_svc.models import (
    DriftKind,
    Listing,
    PaymentAttempt,
    ReconciliationRun,
    RunState,
)
from payment_svc.models.reconciliation import SECOND
from payment_svc.razorpay.listings import Page

NAME = "razorpay reconciliation"
# A bank captures an authorised payment within five days; lists go by creation.
LOOK_BACK = timedelta(days=6)
FEW = 10  # payments that are fetched by their ids in one turn
LISTINGS = tuple(Listing)
OFTEN = 5  # attempts at one page, after which staff see the problem


@dataclass(frozen=True)
class Cursor:
    """The page that a run reads next."""

    run_id: int
    listing: Listing
    since: datetime
    until: datetime
    skip: int
    first_id: str | None
    started_at: datetime

    def ends_with(self, page: Page) -> bool:
        """Return whether a page is the end of the window.

        A short page is no end: only an empty page is, or one that repeats the last.
        """
        return page.size == 0 or page.first_id == self.first_id


@dataclass(frozen=True)
class ReconciliationRuns:
    """The operations on runs; the manager never commits."""

    session: Any
    drift: Drift

    def get(self, run_id: int) -> ReconciliationRun:
        """Return a run as the database has it now."""
        found: ReconciliationRun = self.session.get_one(
            ReconciliationRun, run_id, populate_existing=True
        )
        return found

    def plan(self, interval: timedelta) -> None:
        """Plan the next nightly run, an interval after the last one at the latest."""
        rows = select(ReconciliationRun).filter_by(is_nightly=True)
        rows = rows.order_by(ReconciliationRun.id.desc()).limit(1).with_for_update()
        last: ReconciliationRun | None = self.session.scalar(rows)
        if last is None or last.state == RunState.FINISHED:
            self._insert_planned(last.until if last else clock.now(), interval)
        elif last.state == RunState.PLANNED:  # perhaps the interval is shorter now
            last.until = min(last.until, _seconds(clock.now() + interval))
            last.next_check_at = last.until

    def _insert_planned(self, before: datetime, interval: timedelta) -> None:
        until = _seconds(max(before + interval, clock.now()))
        row = _run(before - LOOK_BACK, until, is_nightly=True, next_check_at=until)
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:  # another worker has planned it meanwhile
            return

    def start(self, since: datetime, until: datetime) -> int:
        """Start a run, or continue the unfinished one that began at the same moment."""
        rows = select(ReconciliationRun.id).filter_by(
            since=since, is_nightly=False, state=RunState.RUNNING
        )
        found: int | None = self.session.scalar(rows.limit(1))
        if found is not None:
            return found
        now = clock.now()
        row = _run(since, until, RunState.RUNNING, started_at=now, next_check_at=now)
        self.session.add(row)
        self.session.flush()
        return row.id

    def begin(self, run_id: int) -> Cursor | None:
        """Return the next page of a run, None for a finished one."""
        run = self._lock(run_id)
        if run.state == RunState.FINISHED:
            return None
        if run.state == RunState.PLANNED:
            run.state, run.started_at = RunState.RUNNING, clock.now()
        return _cursor(run)

    def missing(self, cursor: Cursor) -> Sequence[PaymentAttempt]:
        """Return a few attempts of the window that the list has not contained."""
        listed = PaymentAttempt.listed_at
        rows = select(PaymentAttempt).where(
            PaymentAttempt.attempted_at.between(cursor.since, cursor.until),
            or_(listed.is_(None), listed < cursor.started_at),
        )
        found: Sequence[PaymentAttempt] = self.session.scalars(
            rows.order_by(PaymentAttempt.id).limit(FEW)
        ).all()
        return found

    def mark(self, ids: Sequence[str], now: datetime) -> None:
        """Store that Razorpay's list has contained these attempts to pay."""
        attempt = PaymentAttempt
        rows = update(attempt).where(attempt.razorpay_payment_id.in_(ids))
        values = {"listed_at": now, "updated_at": attempt.updated_at}
        options = {"synchronize_session": False}
        self.session.execute(rows.values(values), execution_options=options)

    def is_current(self, cursor: Cursor) -> bool:
        """Lock the run; return False if another process has read the page meanwhile."""
        return _cursor(self._lock(cursor.run_id)) == cursor

    def advance(self, cursor: Cursor, page: Page) -> None:
        """Count a page, and move on to the next page, window or list."""
        run = self.get(cursor.run_id)
        run.attempts, run.detail = 0, None
        run.pages += 1
        if cursor.ends_with(page):
            self._next_window(run)
        else:
            count = getattr(run, cursor.listing) + page.size
            setattr(run, cursor.listing, count)
            run.skip, run.first_id = run.skip + page.size, page.first_id

    def give_up_list(self, cursor: Cursor, why: str) -> None:
        """Leave a list that Razorpay refuses; the other lists are still read."""
        self.drift.record(self.get(cursor.run_id), [incomplete(cursor, why)])
        self._next_listing(self.get(cursor.run_id))

    def fail(self, run_id: int, why: str) -> None:
        """Store why a page could not be read."""
        run = self.get(run_id)
        run.detail = printable(why)
        if run.attempts >= OFTEN:
            dependencies.record(NAME, ok=False, detail=f"run {run_id}: {why}")

    def schedule(self, run_id: int, pause: float) -> None:
        """Make the next page of an unfinished run due after a pause."""
        run = self.get(run_id)
        is_finished = run.state == RunState.FINISHED
        due = clock.now() + timedelta(seconds=pause)
        run.next_check_at = None if is_finished else due

    def _lock(self, run_id: int) -> ReconciliationRun:
        found: ReconciliationRun = self.session.get_one(
            ReconciliationRun, run_id, with_for_update=True, populate_existing=True
        )
        return found

    def _next_window(self, run: ReconciliationRun) -> None:
        run.skip, run.first_id = 0, None
        run.window_since = run.window_until + SECOND
        if run.window_since > run.until:
            self._next_listing(run)

    def _next_listing(self, run: ReconciliationRun) -> None:
        rest = LISTINGS[LISTINGS.index(Listing(run.listing)) + 1 :]
        run.skip, run.first_id, run.window_since = 0, None, run.since
        if rest:
            run.listing = rest[0]
        else:
            self._finish(run)

    def _finish(self, run: ReconciliationRun) -> None:
        run.state, run.finished_at = RunState.FINISHED, clock.now()
        detail = f"run {run.id}: {run.unexplained} differences need a person"
        dependencies.record(NAME, ok=not run.unexplained, detail=detail)
        names = (*(str(one) for one in LISTINGS), "pages", "drift")
        counts = {name: getattr(run, name) for name in names}
        logging.get().info("reconciliation finished", run_id=run.id, **counts)


def incomplete(cursor: Cursor, why: str) -> Difference:
    """Return the difference of a list that cannot be read to its end."""
    name = f"{cursor.listing} of {cursor.since:%Y-%m-%d}"
    return Difference(DriftKind.INCOMPLETE_LIST, name, "", why)


def _run(
    since: datetime,
    until: datetime,
    state: RunState = RunState.PLANNED,
    **columns: Any,
) -> ReconciliationRun:
    start = _seconds(since)
    return ReconciliationRun(
        since=start, until=until, state=state, window_since=start, **columns
    )


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _cursor(run: ReconciliationRun) -> Cursor:
    return Cursor(
        run.id,
        Listing(run.listing),
        run.window_since,
        run.window_until,
        run.skip,
        run.first_id,
        run.started_at or run.created_at,
    )
