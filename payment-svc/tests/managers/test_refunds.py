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


def test_a_refund_of_another_payment_is_not_acknowledged(work, a_payment, refund):
    with pytest.raises(NotFound):
        work.refunds.acknowledge(a_payment(PaymentState.CAPTURED), refund.id)
