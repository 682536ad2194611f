"""What the staff of a run read in the database after an alert."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from payment_svc.extensions import db
from payment_svc.managers.dispute_rules import waiting
from payment_svc.models import (
    Dispute,
    Payment,
    PaymentState,
    Refund,
    RefundReason,
    RefundState,
)
from verification.faults.alerts import unfinished_payments, waiting_refunds

REDUCED = {"state": RefundState.PROCESSED, "amount": "400.00"}
FAILED = {
    "state": RefundState.FAILED,
    "amount": "99.00",
    "reason": RefundReason.PROVIDER,
}
DIRECT = {"reason": RefundReason.DIRECT, "amount": "99.00"}


@pytest.fixture
def url(tmp_path):
    found = f"sqlite:///{tmp_path / 'payments'}.db"
    engine = create_engine(found)
    db.metadata.create_all(engine)
    engine.dispose()
    return found


def add(url, status, *refunds):
    """Add a payment with a dispute of this status and its refunds.

    Without `refunds` it has one that waits for the dispute.
    """
    dispute = Dispute(razorpay_dispute_id="disp_1", status=status, phase="chargeback")
    waits = {"state": RefundState.REQUESTED, "detail": waiting(dispute)}
    engine = create_engine(url)
    with Session(engine) as session:
        payment = Payment(
            order_id="1",
            amount="499.00",
            status="COMPLETED",
            receipt="order-1",
            razorpay_payment_id="pay_1",
            state=PaymentState.CAPTURED,
            captured_amount="499.00",
            next_check_at=datetime.now(UTC),
        )
        session.add_all([payment, dispute])
        session.flush()
        rows = [
            row(payment.id, n, **(waits | columns))
            for n, columns in enumerate(refunds or [{}], 1)
        ]
        session.add_all(rows)
        session.commit()
        found = payment.id, rows[0].id
    engine.dispose()
    return found


def row(payment_id, n, **columns):
    usual = {"amount": "499.00", "reason": RefundReason.CANCELLED}
    return Refund(
        payment_id=payment_id,
        key=f"refund:{payment_id}:{n}",
        idempotency_key=f"key-{n}",
        razorpay_payment_id="pay_1",
        currency="INR",
        n=n,
        **usual | columns,
    )


def test_a_refund_that_waits_for_a_lost_dispute_needs_an_admin(url):
    _, refund_id = add(url, "lost")

    assert waiting_refunds(url) == [refund_id]


@pytest.mark.parametrize("status", ["open", "won", "closed"])
def test_other_disputes_need_nobody(url, status):
    add(url, status)

    assert waiting_refunds(url) == []


@pytest.mark.parametrize("refund", [{"state": RefundState.PROCESSED}, {"detail": None}])
def test_a_refund_that_is_made_or_waits_for_nothing_is_not_listed(url, refund):
    add(url, "lost", refund)

    assert waiting_refunds(url) == []


def test_the_rest_that_a_failed_refund_at_razorpay_has_left_needs_an_admin(url):
    payment_id, _ = add(url, "won", REDUCED, FAILED)

    assert unfinished_payments(url) == [payment_id]


@pytest.mark.parametrize(
    "refunds",
    [
        (REDUCED, FAILED | {"state": RefundState.PROCESSED}),
        (REDUCED, FAILED | {"state": RefundState.PENDING}),
        (REDUCED, FAILED, DIRECT | {"state": RefundState.REQUESTED}),
        (REDUCED, FAILED, DIRECT | {"state": RefundState.PROCESSED}),
        (REDUCED | DIRECT, FAILED),
    ],
    ids=["all refunded", "pending", "requested again", "refunded again", "by staff"],
)
def test_a_payment_that_is_refunded_or_being_refunded_needs_nobody(url, refunds):
    add(url, "won", *refunds)

    assert unfinished_payments(url) == []
