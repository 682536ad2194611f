"""The rules of refunds."""

from decimal import Decimal

import pytest

from chassis.errors import NotFound
from payment_svc.models import PaymentState, RefundReason, RefundState
from payment_svc.razorpay.types import ProviderRefund

AMOUNT = Decimal("99.00")


@pytest.fixture
def payment(a_payment):
    return a_payment(PaymentState.CAPTURED)


@pytest.fixture
def refund(work, payment):
    return work.refunds.request(payment, AMOUNT, RefundReason.DIRECT, 1)


def seen(status, refund_id="rfnd_1"):
    return ProviderRefund(refund_id, AMOUNT, status, None)


def test_refunds_are_listed_newest_first(work, payment, refund):
    later = work.refunds.request(payment, AMOUNT, RefundReason.STAFF, 1)

    assert work.refunds.list(payment.id) == [later, refund]


def test_an_unknown_status_changes_no_state(work, refund):
    work.refund_attempts.prepare(refund.id, [])

    work.refunds.reconcile(refund.id, seen("created"))

    assert (refund.state, refund.razorpay_refund_id) == (RefundState.SENT, "rfnd_1")


def test_a_direct_refund_is_republished_until_acknowledged(
    session, work, payment, refund, events_of
):
    work.refund_attempts.prepare(refund.id, [])
    work.refunds.reconcile(refund.id, seen("processed"))
    work.refunds.republish(refund.id)
    work.refunds.acknowledge(payment, refund.id)
    work.refunds.republish(refund.id)
    session.commit()

    assert events_of(payment.order_id) == ["refund.processed"] * 2


def test_the_amount_that_razorpay_has_refunded_is_the_true_one(work, payment, refund):
    work.refund_attempts.prepare(refund.id, [])

    work.refunds.reconcile(
        refund.id, ProviderRefund("rfnd_1", Decimal("98.00"), "processed", None)
    )

    assert refund.amount == payment.amount_refunded == Decimal("98.00")


@pytest.mark.parametrize(
    ("reason", "is_rest", "amount", "state"),
    [
        (RefundReason.CANCELLED, False, "400.00", "requested"),
        (RefundReason.STAFF, True, "400.00", "requested"),
        (RefundReason.STAFF, False, "499.00", "failed"),
    ],
)
def test_only_a_refund_of_the_rest_is_reduced_to_what_is_left(
    work, payment, refund, reason, is_rest, amount, state
):
    other = work.refunds.request(
        payment, payment.refundable, reason, 1, is_rest=is_rest
    )

    assert (other.amount, other.state) == (Decimal(amount), state)


@pytest.mark.parametrize(
    ("reason", "is_rest"), [(RefundReason.CANCELLED, False), (RefundReason.STAFF, True)]
)
def test_where_nothing_is_left_no_refund_of_nothing_is_requested(
    work, payment, reason, is_rest
):
    work.refunds.request(payment, payment.refundable, RefundReason.STAFF, 1)

    other = work.refunds.request(payment, AMOUNT, reason, 2, is_rest=is_rest)

    assert (other.amount, other.state) == (AMOUNT, "failed")


@pytest.mark.parametrize(
    ("amount", "stored", "is_rest"), [(None, "499.00", True), (AMOUNT, "99.00", False)]
)
def test_only_a_direct_refund_without_an_amount_is_of_the_rest(
    session, work, payment, amount, stored, is_rest
):
    payment.outcome = "kept"
    session.flush()

    refund = work.refunds.request_direct(payment, amount, "", is_admin=True)

    assert (refund.amount, refund.is_rest) == (Decimal(stored), is_rest)
    assert refund.is_reducible is is_rest


@pytest.mark.parametrize(("made", "alerts"), [("98.00", 1), ("99.00", 0)])
def test_a_refund_of_another_amount_than_requested_is_an_alert(
    work, refund, caplog, made, alerts
):
    work.refund_attempts.prepare(refund.id, [])
    found = ProviderRefund("rfnd_1", Decimal(made), "processed", None)

    for _ in range(2):
        work.refunds.reconcile(refund.id, found)

    logged = [r.msg for r in caplog.records if r.levelname == "ERROR"]
    assert [(one["event"], one["alert"]) for one in logged] == [
        ("refund of another amount", True)
    ] * alerts


def test_a_refund_of_another_payment_is_not_acknowledged(work, a_payment, refund):
    with pytest.raises(NotFound):
        work.refunds.acknowledge(a_payment(PaymentState.CAPTURED), refund.id)
