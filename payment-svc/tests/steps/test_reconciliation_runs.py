"""The worker plans a run each night and reads one page of each due run."""

from datetime import timedelta

from chassis import clock
from payment_svc.extensions import db
from payment_svc.models import ReconciliationRun
from payment_svc.steps import plan_reconciliation


def plan(shop):
    with shop.app.app_context():
        plan_reconciliation()


def test_the_worker_plans_one_run_a_day_that_overlaps_the_last(
    shop, runs, pass_time, elsewhere
):
    shop.work()
    plan(shop)
    [planned] = shop.rows(ReconciliationRun)
    due = planned.next_check_at - clock.now()
    assert timedelta(hours=23) < due <= timedelta(hours=24)
    assert planned.until - planned.since == timedelta(days=7)
    assert planned.state == "planned"

    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    pass_time(timedelta(hours=24))
    runs.finish(planned.id)
    shop.work()

    assert shop.payment(order).status == "REFUNDED"
    plan(shop)
    [_, following] = shop.rows(ReconciliationRun)
    assert following.since == planned.until - timedelta(days=6)
    assert following.until == planned.until + timedelta(days=1)


def test_a_running_run_is_neither_planned_again_nor_moved(shop, runs, pass_time):
    plan(shop)
    [planned] = shop.rows(ReconciliationRun)
    pass_time(timedelta(hours=25))
    shop.captured()
    before = runs.turn(planned.id)

    plan(shop)

    [after] = shop.rows(ReconciliationRun)
    assert (after.state, after.until) == ("running", before.until)
    assert after.next_check_at == before.next_check_at


def test_the_job_reads_one_page_of_each_due_run(shop, runs):
    run_id = runs.start()
    jobs = shop.app.extensions["work"].jobs

    with shop.app.app_context():
        assert jobs["reconcile"].run() == 1

    assert runs.get(run_id).pages == 1


def test_without_hours_no_run_is_planned(make, shop_on):
    app = make(RECONCILE_HOURS="0")
    with app.app_context():
        plan_reconciliation()
        assert db.session.query(ReconciliationRun).count() == 0
