"""A run compares our rows with Razorpay's lists, whatever webhooks were lost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from chassis import clock
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.extensions import db
from payment_svc.managers.reconciliation_runs import NAME
from payment_svc.models import (
    Dependency,
    Dispute,
    Payment,
    PaymentAttempt,
    PaymentHistory,
    ReconciliationDrift,
    ReconciliationRun,
)
from payment_svc.razorpay.causes import CAUSES, ProviderProblem
from payment_svc.razorpay.link_request import PaymentLinkRequest
from payment_svc.steps import Context, plan_reconciliation, reconcile_page
from payment_svc.steps import reconciliation_runs as steps

ALL, PART = "499.00", "300.00"


def capture_of(shop, order):
    return shop.payment(order).razorpay_payment_id


def alerts(caplog):
    errors = (r.msg for r in caplog.records if r.levelname == "ERROR")
    return [one for one in errors if one.get("alert")]


def dependency(shop):
    with shop.app.app_context():
        return db.session.get(Dependency, NAME)


def leased(runs):
    runs.change(ReconciliationRun, next_check_at=clock.now() + timedelta(seconds=30))


# What is equal


def test_a_run_over_equal_books_finds_nothing(shop, runs):
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()
    shop.captured()
    shop.issued()

    run = runs.all()

    assert (run.payments, run.refunds, run.disputes) == (2, 1, 0)
    assert (run.drift, runs.drift()) == (0, [])
    seen = dependency(shop)
    assert seen.ok


# Lost webhooks


def test_a_refund_of_the_dashboard_is_found_by_both_lists(
    shop, runs, caplog, elsewhere
):
    order = shop.captured()
    runs.stop_polls()
    made = elsewhere(order)

    run = runs.all()

    assert shop.payment(order).status == "REFUNDED"
    [refund] = shop.refunds(order)
    assert (refund.reason, refund.razorpay_refund_id) == ("provider", made["id"])
    assert runs.drift() == [
        ("refunded_amount", capture_of(shop, order)),
        ("refund_unknown", made["id"]),
    ]
    assert run.unexplained == 0
    assert runs.all().drift == 0  # the repair has helped
    assert [one["event"] for one in alerts(caplog)] == ["refund made at razorpay"]
    shop.check_books()


def test_a_dispute_is_found(shop, runs):
    order = shop.captured()
    runs.stop_polls()
    raised = shop.control(f"payments/{capture_of(shop, order)}/dispute")

    runs.all()

    [row] = shop.rows(Dispute)
    assert (row.status, row.payment_id) == ("open", shop.payment(order).id)
    assert runs.drift() == [("dispute", raised["id"])]

    runs.stop_polls()
    shop.control(f"disputes/{raised['id']}", status="won")
    runs.all()

    assert [row.status for row in shop.rows(Dispute)] == ["won"]


@pytest.mark.parametrize("state", ["issued", "closed"])
def test_a_capture_is_found_whatever_state_our_row_is_in(shop, runs, state):
    order = shop.issued()
    paid = shop.pay(order)
    if state == "closed":  # long ago, and without the ids of the page
        runs.change(Payment, state="closed", closing_reason="expired")
    runs.stop_polls()

    runs.all()

    assert shop.payment(order).state == "captured"
    assert runs.drift() == [("capture_unknown", paid["id"])]


def test_a_capture_is_found_by_our_reference_alone(shop, runs):
    order = shop.issued()
    paid = shop.pay(order)
    runs.change(Payment, razorpay_payment_link_id=None, razorpay_order_id=None)
    runs.stop_polls()

    runs.all()

    assert runs.drift() == [("capture_unknown", paid["id"])]
    assert capture_of(shop, order) == paid["id"]


def test_an_authorised_attempt_is_found_and_a_failed_one_is_no_difference(shop, runs):
    order = shop.issued()
    runs.stop_polls()
    shop.control(f"links/{shop.link(order)}/fail")
    assert runs.all().drift == 0

    waiting = shop.pay(order, capture=False)
    runs.all()

    assert runs.drift() == [("status", waiting["id"])]
    assert "authorized" in [one.status for one in shop.rows(PaymentAttempt)]
    assert runs.all().drift == 0


def test_our_refund_whose_answer_and_webhook_were_lost_is_polled(shop, runs, service):
    order = shop.captured()
    real = service.refund
    service.refund = lambda *call: real(*call) and Unknown("lost")
    shop.refund(order, PART)
    shop.work()
    runs.stop_polls()

    runs.all()

    [refund] = shop.refunds(order)
    assert refund.state == "processed"
    assert ("refund_status", refund.razorpay_refund_id) in runs.drift()


def test_a_rejected_capture_that_we_refunded_is_no_difference(shop, runs):
    order = shop.issued()
    shop.pay(order, amount=40000)
    shop.make_due()
    shop.work()
    with shop.app.app_context():
        work = Context("test")
        work.review.reject(shop.payment(order).id, "not our price")
        work.session.commit()
    shop.work()
    assert runs.all().drift == 0

    shop.pay(order, again=True)  # replaces the rejected capture in our row
    runs.change(Payment, next_check_at=clock.now())
    shop.work()
    assert shop.payment(order).captured_amount == Decimal("99.00")

    assert runs.all().drift == 0


def test_every_day_of_the_period_is_compared(shop, runs, pass_time, elsewhere):
    orders = []
    for _ in range(3):
        orders.append(shop.captured())
        runs.stop_polls()
        pass_time(timedelta(days=1))
    for order in orders:
        elsewhere(order, PART)
        runs.stop_polls()

    run = runs.all(days=4)

    assert (run.payments, run.refunds) == (3, 3)
    for order in orders:
        assert shop.payment(order).status == "PARTIALLY_REFUNDED"


def test_a_fee_that_razorpay_has_changed_is_stored(shop, runs):
    order = shop.captured()
    [attempt] = shop.rows(PaymentAttempt)
    assert (attempt.fee, attempt.tax) == (Decimal("11.78"), Decimal("1.80"))
    runs.change(PaymentAttempt, fee=Decimal("11.00"))
    runs.stop_polls()

    runs.all()

    assert runs.drift() == [("fee", capture_of(shop, order))]
    assert shop.rows(PaymentAttempt)[0].fee == Decimal("11.78")


def test_a_fee_that_one_side_does_not_know_is_no_difference(shop, runs):
    shop.captured()
    runs.change(PaymentAttempt, fee=None)

    assert runs.all().drift == 0


# What cannot be explained


def foreign(shop, service):
    """Let another program with the same account take a payment; return it."""
    request = PaymentLinkRequest(
        reference_id="another-shop-1",
        amount=Decimal("75.00"),
        currency="INR",
        expire_by=clock.now() + timedelta(hours=1),
        callback_url="https://another.example/",
    )
    link = service.create_link(request).value
    return shop.control(f"links/{link.id}/pay")


def test_a_payment_of_another_shop_is_not_ours_and_alerted_once(
    shop, runs, service, caplog
):
    paid = foreign(shop, service)
    refund = shop.control(f"payments/{paid['id']}/refund", amount=1000)

    run = runs.all()
    again = runs.all()

    expected = [("not_ours", paid["id"]), ("not_ours", refund["id"])]
    assert runs.drift(run_id=run.id) == runs.drift(run_id=again.id) == expected
    assert (run.unexplained, again.unexplained) == (2, 2)
    assert len(alerts(caplog)) == 2  # one for each page of the first run
    assert shop.rows(Payment) == []
    seen = dependency(shop)
    assert (seen.ok, "2 differences" in seen.detail) == (False, True)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"amount": Decimal("498.00")}, "captured_amount"),
        ({"currency": "USD"}, "captured_amount"),
        ({"status": "failed", "is_captured": False}, "not_captured"),
    ],
)
def test_a_capture_that_differs_is_never_overwritten(
    shop, runs, lists, caplog, fields, kind
):
    order = shop.captured()

    def wrong(listing, _skip, page):
        if listing != "payments" or not page.items:
            return page
        [one] = page.items
        seen = replace(one, payment=replace(one.payment, **fields))
        return replace(page, items=(seen,))

    lists(wrong, is_true=True)
    before = shop.payment(order)

    run = runs.all()

    [row] = shop.rows(ReconciliationDrift)
    assert (row.kind, row.payment_id, row.done) == (kind, before.id, "alert")
    assert run.unexplained == 1
    after = shop.payment(order)
    assert (after.state, after.captured_amount) == ("captured", Decimal(ALL))
    assert after.version == before.version
    assert [one["kinds"] for one in alerts(caplog)] == [{kind: 1}]


def test_refunds_that_do_not_add_up_are_recorded_by_the_poll(
    shop, runs, service, caplog, elsewhere
):
    order = shop.captured()
    elsewhere(order, PART)
    runs.stop_polls()
    service.refunds_of = lambda _: Done(())

    runs.all()
    runs.all()

    [line] = shop.rows(PaymentHistory, trigger="refunds_unexplained")
    assert "but the sum of the refunds is 0.00" in line.reason
    events = [one["event"] for one in alerts(caplog)]
    assert "razorpay differs from our rows" in events  # the repair has not helped
    assert shop.payment(order).amount_refunded == 0


def test_a_refund_that_ended_in_another_way_is_alerted(shop, runs, lists, caplog):
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()

    def failed(listing, _skip, page):
        items = page.items
        if listing == "refunds":
            items = tuple(replace(one, status="failed") for one in items)
        return replace(page, items=items)

    lists(failed, is_true=True)
    runs.all()

    [refund] = shop.refunds(order)
    assert runs.drift() == [("refund_ended", refund.razorpay_refund_id)]
    assert refund.state == "processed"
    assert [one["event"] for one in alerts(caplog)] == [
        "razorpay differs from our rows"
    ]


def test_an_entity_that_cannot_be_read_hides_no_other(
    shop, runs, service, monkeypatch, elsewhere
):
    order = shop.captured()
    runs.stop_polls()
    real = service._client.payment.all

    def with_another(*args, **more):
        found = real(*args, **more)
        found["items"] = found["items"] and [{"id": "pay_\n1"}, *found["items"]]
        return found

    monkeypatch.setattr(service._client.payment, "all", with_another)
    elsewhere(order)

    runs.all()

    assert ("unreadable", "pay_?1") in runs.drift()
    assert shop.payment(order).status == "REFUNDED"


# Interruptions


def test_a_run_that_was_killed_continues_with_the_same_page(
    shop, runs, monkeypatch, elsewhere
):
    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    run_id = runs.start()

    for name in ("page_read", "before_commit", "page_stored"):

        def die(point, name=name):
            if point == f"reconciliation.{name}":
                raise KeyboardInterrupt

        before = runs.get(run_id).skip, runs.get(run_id).listing
        monkeypatch.setattr(steps, "failpoint", die)
        with pytest.raises(KeyboardInterrupt):
            runs.turn(run_id)
        after = runs.get(run_id).skip, runs.get(run_id).listing
        assert (before == after) is (name != "page_stored")
    monkeypatch.undo()

    assert runs.start() == run_id  # the same command continues it
    run = runs.finish(run_id)
    assert (run.payments, run.refunds) == (1, 1)
    assert sorted(kind for kind, _ in runs.drift()) == [
        "refund_unknown",
        "refunded_amount",
    ]


def test_two_processes_with_one_page_store_it_once(shop, runs, lists, elsewhere):
    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    run_id = runs.start()
    calls = []

    def meanwhile(listing, _skip, page):
        calls.append(listing)
        if len(calls) == 1:
            runs.turn(run_id)  # another process reads the same page
        return page

    lists(meanwhile)
    run = runs.finish(run_id)

    assert (run.payments, run.refunds) == (1, 1)
    assert len(runs.drift()) == 2


def test_two_runs_at_once_do_no_harm(shop, runs, elsewhere):
    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    one, two = runs.start(), runs.start(days=1)
    for _ in range(50):
        runs.turn(one)
        runs.turn(two)
    shop.work()

    assert {runs.get(one).state, runs.get(two).state} == {"finished"}
    assert len(shop.refunds(order)) == 1
    shop.check_books()


def test_the_rate_limit_is_honoured(shop, runs, lists):
    shop.captured()
    run_id = runs.start()
    [busy] = [one for one in CAUSES if one.name == "too_many_requests"]

    def refuse(*_):
        raise ProviderProblem(busy, "Too many requests", 45.0)

    lists(refuse)
    leased(runs)
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
    seen = dependency(shop)
    assert (seen.ok, seen.detail) == (False, f"run {run_id}: HTTP 502")


# The nightly run


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
