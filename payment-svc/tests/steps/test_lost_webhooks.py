"""A run finds what no webhook has reported, whatever state our row is in."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock
from chassis.outcomes import Unknown
from payment_svc.models import Dispute, Payment, PaymentAttempt
from payment_svc.steps import Context, listings

ALL, PART = "499.00", "300.00"


def test_a_run_over_equal_books_finds_nothing_and_fetches_nothing_by_its_id(
    shop, runs, monkeypatch
):
    monkeypatch.setattr(listings, "read_one", lambda *_: pytest.fail("fetched"))
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()
    shop.captured()
    shop.issued()

    run = runs.all()

    assert (run.payments, run.refunds, run.disputes) == (2, 1, 0)
    assert (run.drift, runs.drift()) == (0, [])
    seen = runs.dependency()
    assert seen.ok


def test_a_refund_of_the_dashboard_is_found_by_both_lists(
    shop, runs, elsewhere, alerted, capture_of
):
    order = shop.captured()
    runs.stop_polls()
    made = elsewhere(order)

    run = runs.all()

    assert shop.payment(order).status == "REFUNDED"
    [refund] = shop.refunds(order)
    assert (refund.reason, refund.razorpay_refund_id) == ("provider", made["id"])
    assert runs.drift() == [
        ("refunded_amount", capture_of(order)),
        ("refund_unknown", made["id"]),
    ]
    assert run.unexplained == 0
    assert runs.all().drift == 0  # the repair has helped
    assert alerted() == ["refund made at razorpay"]
    shop.check_books()


def test_a_dispute_is_found(shop, runs, capture_of):
    order = shop.captured()
    runs.stop_polls()
    raised = shop.control(f"payments/{capture_of(order)}/dispute")

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


def test_a_capture_is_found_by_our_reference_alone(shop, runs, capture_of):
    order = shop.issued()
    paid = shop.pay(order)
    runs.change(Payment, razorpay_payment_link_id=None, razorpay_order_id=None)
    runs.stop_polls()

    runs.all()

    assert runs.drift() == [("capture_unknown", paid["id"])]
    assert capture_of(order) == paid["id"]


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


def test_a_fee_that_razorpay_has_changed_is_stored(shop, runs, capture_of):
    order = shop.captured()
    [attempt] = shop.rows(PaymentAttempt)
    assert (attempt.fee, attempt.tax) == (Decimal("11.78"), Decimal("1.80"))
    runs.change(PaymentAttempt, fee=Decimal("11.00"))
    runs.stop_polls()

    runs.all()

    assert runs.drift() == [("fee", capture_of(order))]
    assert shop.rows(PaymentAttempt)[0].fee == Decimal("11.78")


def test_a_fee_that_one_side_does_not_know_is_no_difference(shop, runs):
    shop.captured()
    runs.change(PaymentAttempt, fee=None)

    assert runs.all().drift == 0
