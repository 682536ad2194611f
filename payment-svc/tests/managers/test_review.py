"""Only a payment under review can be accepted or rejected."""

import pytest
from sqlalchemy import select

from chassis.errors import Conflict, NotFound
from payment_svc.models import PaymentState, Refund, RefundReason

OTHERS = [state for state in PaymentState if state != PaymentState.UNDER_REVIEW]


@pytest.mark.parametrize("decision", ["accept", "reject"])
@pytest.mark.parametrize("state", OTHERS)
def test_a_payment_that_is_not_under_review_is_not_decided(
    session, work, a_payment, state, decision
):
    payment = a_payment(state)

    with pytest.raises(Conflict) as refused:
        getattr(work.review, decision)(payment.id, "a note")
    session.rollback()

    assert refused.value.code == "not_suspect"
    assert payment.state == state
    assert session.scalars(select(Refund)).all() == []


def test_a_payment_that_does_not_exist_is_not_decided(work):
    with pytest.raises(NotFound):
        work.review.accept(404, "a note")


def test_a_rejected_payment_is_closed_and_refunded(session, work, a_payment, events_of):
    payment = a_payment(PaymentState.UNDER_REVIEW)

    work.review.reject(payment.id, "a note")
    session.commit()

    [refund] = session.scalars(select(Refund)).all()
    assert (payment.state, payment.status) == ("closed", "CANCELLED")
    assert (refund.reason, refund.amount) == (
        RefundReason.REVIEW_REJECTED,
        payment.refundable,
    )
    assert refund.razorpay_payment_id == payment.razorpay_payment_id
    assert events_of(payment.order_id) == ["payment.closed"]
