"""The rules of payments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.errors import Conflict, NotFound
from payment_svc.managers import PaymentRequest
from payment_svc.models import ClosingReason, Outcome, Payment, PaymentState


def a_request(**fields):
    usual = {
        "order_id": 17,
        "amount": Decimal("499.00"),
        "currency": "INR",
        "user_id": 1,
        "customer": {"name": "Asha", "email": "asha@shop.example"},
        "placed_at": clock.now(),
    }
    return PaymentRequest(**{**usual, **fields})


def test_an_order_has_one_payment(session, work):
    first = work.payments.request(a_request())
    second = work.payments.request(a_request())

    assert first is second
    assert len(session.scalars(select(Payment)).all()) == 1


def test_an_order_that_is_over_gets_no_link(work):
    tombstone = {"amount": Decimal("499.00"), "currency": "INR", "user_id": 1}
    work.payments.close(17, ClosingReason.EXPIRED, **tombstone)

    with pytest.raises(Conflict) as refused:
        work.payments.open(a_request())
    assert refused.value.code == "payment_over"


def test_a_payment_of_another_order_is_not_found(work):
    payment = work.payments.request(a_request())

    with pytest.raises(NotFound):
        work.payments.settle(payment.id, 18, Outcome.KEPT)


def test_a_settled_capture_is_not_republished(session, work, a_payment, events_of):
    payment = a_payment(PaymentState.CAPTURED)
    work.payments.settle(payment.id, int(payment.order_id), Outcome.KEPT)

    work.payments.republish(payment.id)
    session.commit()

    assert events_of(payment.order_id) == []


@pytest.mark.parametrize(("minutes", "is_late"), [(14, False), (16, True)])
def test_no_link_is_created_for_an_old_order(work, minutes, is_late):
    placed_at = clock.now() - timedelta(minutes=minutes)
    payment = work.payments.request(a_request(placed_at=placed_at))

    assert work.payments.is_too_late(payment, clock.now()) is is_late
