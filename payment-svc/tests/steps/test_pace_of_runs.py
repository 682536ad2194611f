"""Pauses, refusals and outages: a run is polite, and ends."""

from datetime import timedelta

from sqlalchemy import event

from chassis import clock
from chassis.outcomes import Refused, Unknown
from payment_svc.extensions import db
from payment_svc.models import ReconciliationDrift, ReconciliationRun
from payment_svc.razorpay.causes import CAUSES, ProviderProblem
from payment_svc.steps import reconcile_page


def test_the_rate_limit_is_honoured(shop, runs, lists):
    shop.captured()
    run_id = runs.start()
    [busy] = [one for one in CAUSES if one.name == "too_many_requests"]

    def refuse(*_):
        raise ProviderProblem(busy, "Too many requests", 45.0)

    lists(refuse)
    leased = clock.now() + timedelta(seconds=30)
    runs.change(ReconciliationRun, next_check_at=leased)
    run = runs.turn(run_id)

    assert run.detail == "too_many_requests: Too many requests"
    assert run.next_check_at - clock.now() > timedelta(seconds=44)
    assert run.skip == 0


def test_a_page_is_followed_by_a_pause(shop, runs):
    run = runs.turn(runs.start())

    pause = (run.next_check_at - clock.now()).total_seconds()
    assert 0 < pause <= 0.2


def test_a_list_that_is_always_refused_is_left_and_reported(shop, runs, service):
    real = service.read
    run_id = runs.start()
    service.read = lambda reader: (
        Refused("not for this account")
        if runs.get(run_id).listing == "disputes"
        else real(reader)
    )
    for _ in range(8):
        runs.change(ReconciliationRun, attempts=ReconciliationRun.attempts + 1)
        runs.turn(run_id)

    assert runs.get(run_id).state == "finished"
    [row] = shop.rows(ReconciliationDrift)
    assert (row.kind, row.theirs) == ("incomplete_list", "not for this account")


def test_an_outage_leaves_no_list_and_is_shown(shop, runs, service):
    run_id = runs.start()
    service.read = lambda _: Unknown("HTTP 502")
    runs.change(ReconciliationRun, attempts=20)

    run = runs.turn(run_id)

    assert (run.listing, run.state, run.detail) == ("payments", "running", "HTTP 502")
    seen = runs.dependency()
    assert (seen.ok, seen.detail) == (False, f"run {run_id}: HTTP 502")


def test_a_page_needs_the_same_number_of_queries_whatever_its_size(shop, runs):
    def queries(run_id):
        found = []

        def count(*call):
            found.append(call[2])

        with shop.app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            reconcile_page(run_id)
            event.remove(db.engine, "before_cursor_execute", count)
        return [one for one in found if not one.startswith("BEGIN")]

    shop.captured()
    first = runs.start()
    few = queries(first)
    runs.finish(first)
    shop.captured()
    shop.captured()
    many = queries(runs.start())

    assert len(many) == len(few) < 15
