"""Runs that `flask payments reconcile` starts and follows to their end."""

import time
from collections.abc import Iterator
from datetime import datetime

from chassis import clock, leases
from chassis.db import reading
from payment_svc.managers import run_planning
from payment_svc.models import ReconciliationRun, RunState
from payment_svc.steps.context import Context
from payment_svc.steps.reconciliation_runs import ACTOR, reconcile_page

LEASE = 30.0  # seconds; a page that takes longer may be read twice, which is safe


def start_run(since: datetime, until: datetime) -> int:
    """Start a run, or continue the one that was interrupted; return its id."""
    work = Context(ACTOR)
    run_id = run_planning.start(work.session, since, until)
    work.session.commit()
    return run_id


def follow(run_id: int) -> Iterator[ReconciliationRun]:
    """Read the pages of a run until its end; yield the run after each turn.

    A page that a worker has leased is left to the worker.
    """
    work, is_this = Context(ACTOR), ReconciliationRun.id == run_id
    while True:
        leases.each(ReconciliationRun, LEASE, reconcile_page, is_this)
        with reading():
            run = work.runs.get(run_id)
            work.session.expunge(run)
            work.session.rollback()
        yield run
        if run.state == RunState.FINISHED:
            return
        time.sleep(_pause(run, work.settings.reconcile_pause_seconds))


def _pause(run: ReconciliationRun, least: float) -> float:
    """Return the seconds until a run is due: at most one, to show its progress."""
    due = run.next_check_at or clock.now()
    return min(max((due - clock.now()).total_seconds(), least / 2), 1.0)
