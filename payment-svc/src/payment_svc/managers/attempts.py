"""Attempts to pay: written from every snapshot, without changing the payment."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from payment_svc.models import Payment, PaymentAttempt
from payment_svc.razorpay.types import ProviderPayment

MOST = 100  # attempts of one snapshot; a link can be used to test stolen cards
# A later status replaces an earlier one; an undocumented status is like a failure.
ORDER = {"created": 0, "failed": 1, "authorized": 2, "captured": 3, "refunded": 4}
FAILED = ORDER["failed"]


def list_attempts(session: Session, payment: Payment) -> Sequence[PaymentAttempt]:
    """Return the attempts to pay the link of a payment, newest first."""
    rows = select(PaymentAttempt).filter_by(payment_id=payment.extra_of or payment.id)
    return session.scalars(rows.order_by(PaymentAttempt.id.desc())).all()


def record(
    session: Session, payment: Payment, payments: Sequence[ProviderPayment]
) -> None:
    """Insert or update the newest attempts of a locked payment's link."""
    newest = sorted(payments, key=lambda one: (one.created_at, one.id))[-MOST:]
    ids = [one.id for one in newest]
    rows = select(PaymentAttempt).where(PaymentAttempt.razorpay_payment_id.in_(ids))
    known = {row.razorpay_payment_id: row for row in session.scalars(rows)}
    for seen in newest:
        if (row := known.get(seen.id)) is None:
            row = PaymentAttempt(payment_id=payment.id, razorpay_payment_id=seen.id)
            session.add(row)
        if row.status is None or _is_later(seen.status, row.status):
            _update(row, seen)


def _is_later(status: str, known: str) -> bool:
    return ORDER.get(status, FAILED) >= ORDER.get(known, FAILED)


def _update(row: PaymentAttempt, seen: ProviderPayment) -> None:
    for name, value in _columns(seen).items():
        setattr(row, name, value)


def _columns(seen: ProviderPayment) -> dict[str, Any]:
    at = seen.created_at
    return {
        "status": seen.status,
        "amount": seen.amount,
        "currency": seen.currency,
        "fee": seen.fee,
        "tax": seen.tax,
        "attempted_at": datetime.fromtimestamp(at, UTC) if at else None,
        **asdict(seen.attempt),
    }
