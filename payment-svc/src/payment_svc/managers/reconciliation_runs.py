"""Runs of the reconciliation with Razorpay's lists: their pages and their result."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from chassis import clock, dependencies, logging
from payment_svc.managers.differences import printable
from payment_svc.managers.drift import Drift
from payment_svc.managers.run_cursor import (
    LISTINGS,
    Cursor,
    cursor_of,
    move_to_next_list,
    move_to_next_page,
    move_to_next_window,
)
from payment_svc.models import ReconciliationRun, RunState
from payment_svc.razorpay.listings import Page

NAME = "razorpay reconciliation"
OFTEN = 5  # attempts at one page, after which staff see the problem


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

    def find_last(self) -> ReconciliationRun | None:
        """Return the run that finished last."""
        rows = select(ReconciliationRun).filter_by(state=RunState.FINISHED)
        rows = rows.order_by(ReconciliationRun.finished_at.desc()).limit(1)
        found: ReconciliationRun | None = self.session.scalar(rows)
        return found

    def begin(self, run_id: int) -> Cursor | None:
        """Return the next page of a run, None for a finished one."""
        run = self._lock(run_id)
        if run.state == RunState.FINISHED:
            return None
        if run.state == RunState.PLANNED:
            run.state, run.started_at = RunState.RUNNING, clock.now()
        return cursor_of(run)

    def is_current(self, cursor: Cursor) -> bool:
        """Lock the run; return False if another process has read the page meanwhile."""
        return cursor_of(self._lock(cursor.run_id)) == cursor

    def advance(self, cursor: Cursor, page: Page) -> None:
        """Count a page, and move on to the next page, window or list."""
        run = self.get(cursor.run_id)
        run.attempts, run.detail = 0, None
        run.pages += 1
        if not cursor.ends_with(page):
            move_to_next_page(run, page)
        elif not move_to_next_window(run):
            _finish(run)

    def give_up(self, cursor: Cursor, why: str, *, is_broken: bool) -> None:
        """Leave a list that Razorpay refuses, or a window whose list is broken."""
        run = self.get(cursor.run_id)
        self.drift.record(run, [cursor.incomplete(why)])
        run.attempts = 0
        move = move_to_next_window if is_broken else move_to_next_list
        if not move(run):
            _finish(run)

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


def _finish(run: ReconciliationRun) -> None:
    run.state, run.finished_at = RunState.FINISHED, clock.now()
    detail = f"run {run.id}: {run.unexplained} differences need a person"
    dependencies.record(NAME, ok=not run.unexplained, detail=detail)
    names = (*(str(one) for one in LISTINGS), "pages", "drift")
    counts = {name: getattr(run, name) for name in names}
    logging.get().info("reconciliation finished", run_id=run.id, **counts)
