"""Refunds are stored once for each key."""

from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from payment_svc.extensions import db
from payment_svc.models import Refund, RefundReason, RefundState, refund_key


def test_a_key_names_the_payment_the_reason_and_the_number():
    assert refund_key(17, RefundReason.STAFF, 2) == "refund:17:staff:2"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (RefundState.SENT, "PENDING"),
        (RefundState.PROCESSED, "PROCESSED"),
        (RefundState.FAILED, "FAILED"),
    ],
)
def test_clients_see_the_status_of_the_state(state, status):
    assert Refund(state=state).status == status


def test_the_database_holds_a_key_once(app, shop):
    payment_id = shop.row("captured")
    facts = {
        "payment_id": payment_id,
        "key": "refund:1:staff:1",
        "amount": Decimal("1.00"),
        "currency": "INR",
        "reason": RefundReason.STAFF,
        "n": 1,
        "state": "failed",
    }
    with app.app_context():
        db.session.add(Refund(**facts, idempotency_key="a"))
        db.session.commit()
        db.session.add(Refund(**facts, idempotency_key="b"))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()
