"""New runs: nightly ones follow each other, and runs by hand are continued."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from chassis import clock
from payment_svc.managers.run_cursor import LISTINGS
from payment_svc.managers.run_planning import plan_nightly, start
from payment_svc.models import ReconciliationRun
from payment_svc.razorpay.listings import Page

SINCE = datetime(2026, 1, 30, 0, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_same_start_continues_an_unfinished_run_only(work):
    first = start(work.session, SINCE, SINCE + timedelta(days=1))

    assert start(work.session, SINCE, SINCE + timedelta(days=2)) == first
    assert start(work.session, SINCE - SECOND, SINCE) != first
    for _ in LISTINGS:
        for _ in range(2):  # days
            work.runs.advance(work.runs.begin(first), Page())
    assert work.runs.begin(first) is None
    assert start(work.session, SINCE, SINCE) != first


def test_a_nightly_run_is_planned_once(session):
    plan_nightly(session, timedelta(days=1))
    plan_nightly(session, timedelta(days=1))

    [planned] = session.scalars(select(ReconciliationRun)).all()
    assert (planned.state, planned.is_nightly) == ("planned", True)
    assert planned.until - planned.since == timedelta(days=7)


def test_a_shorter_interval_brings_the_planned_run_forward(session):
    plan_nightly(session, timedelta(days=1))
    plan_nightly(session, timedelta(hours=1))

    [planned] = session.scalars(select(ReconciliationRun)).all()
    assert planned.next_check_at == planned.until
    assert planned.until - clock.now() <= timedelta(hours=1)
