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


def test_an_attempt_after_the_first_knows_of_the_first(work, refund):
    _, was_sent = work.refunds.begin_attempt(refund.id)
    assert (refund.state, was_sent) == (RefundState.SENT, False)

    _, was_sent = work.refunds.begin_attempt(refund.id)
    assert was_sent


def test_an_unknown_status_changes_no_state(work, refund):
    work.refunds.begin_attempt(refund.id)

    work.refunds.reconcile(refund.id, seen("created"))

    assert (refund.state, refund.razorpay_refund_id) == (RefundState.SENT, "rfnd_1")


def test_only_refunds_that_are_not_stored_are_unmatched(session, work, refund):
    refund.razorpay_payment_id = "pay_1"
    session.flush()
    work.refunds.begin_attempt(refund.id)
    work.refunds.reconcile(refund.id, seen("pending"))
    other = seen("processed", "rfnd_2")

    assert work.refunds.unmatched(refund, [seen("pending"), other]) == [other]


def test_a_direct_refund_is_republished_until_acknowledged(
    session, work, payment, refund, events_of
):
    work.refunds.begin_attempt(refund.id)
    work.refunds.reconcile(refund.id, seen("processed"))
    work.refunds.republish(refund.id)
    work.refunds.acknowledge(payment, refund.id)
    work.refunds.republish(refund.id)
    session.commit()

    assert events_of(payment.order_id) == ["refund.processed"] * 2


def test_a_refund_of_another_payment_is_not_acknowledged(work, a_payment, refund):
    with pytest.raises(NotFound):
        work.refunds.acknowledge(a_payment(PaymentState.CAPTURED), refund.id)
