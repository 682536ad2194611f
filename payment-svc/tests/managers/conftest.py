"""Payments in any state, and the events that were published about their orders."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis import clock
from payment_svc.extensions import db
from payment_svc.models import (
    PAYMENT_STATUS,
    ClosingReason,
    Outbox,
    Payment,
    PaymentState,
    RefundedShare,
)
from payment_svc.steps import Context


@pytest.fixture
def session(app):
    with app.app_context():
        yield db.session


@pytest.fixture
def work(session):
    return Context("test")


@pytest.fixture
def status_in():
    """Return `status_in(state)`: the status of the rows that `a_payment` inserts."""
    details = {
        PaymentState.CLOSED: ClosingReason.EXPIRED,
        PaymentState.CAPTURED: RefundedShare.NOTHING,
    }
    return lambda state: PAYMENT_STATUS[state, details.get(state)]


@pytest.fixture
def a_payment(session, status_in):
    """Return `a_payment(state)`: a stored payment in that state."""

    def make(state):
        payment = Payment(
            order_id=str(uuid.uuid4().int % 10**9),
            amount=Decimal("499.00"),
            status=status_in(state),
            state=state,
            receipt=str(uuid.uuid4()),
            user_id=1,
            razorpay_short_url=f"https://rzp.io/{uuid.uuid4()}",
            razorpay_payment_id=f"pay_{uuid.uuid4()}",
            captured_amount=Decimal("499.00"),
            captured_currency="INR",
            closing_reason=ClosingReason.EXPIRED,
            placed_at=clock.now(),
            expires_at=clock.now(),
        )
        session.add(payment)
        session.commit()
        return payment

    return make


@pytest.fixture
def events_of(session):
    """Return `events_of(order_id)`: the types of the published events."""

    def read(order_id):
        rows = select(Outbox.type).filter_by(subject=f"orders/{order_id}")
        return list(session.scalars(rows))

    return read
