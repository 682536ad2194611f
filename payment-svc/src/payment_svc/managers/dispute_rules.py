"""Which disputes keep a refund from being sent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from payment_svc.models import Dispute, Refund, RefundReason
from payment_svc.models.disputes import CLOSED, FRAUD, WON

# Refunds that no person has decided. After a lost dispute the bank has paid the
# customer, so these would pay the same money twice.
BY_SAGA = (
    RefundReason.CANCELLED,
    RefundReason.REJECTED,
    RefundReason.STOCK_GONE,
    RefundReason.DUPLICATE,
)


def find_open(session: Session, razorpay_payment_id: str | None) -> Dispute | None:
    """Return an open dispute of a capture that is not of phase fraud, or None."""
    return next((d for d in _serious(session, razorpay_payment_id) if d.is_open), None)


def find_holding(session: Session, refund: Refund) -> Dispute | None:
    """Return the dispute for which a refund must wait, or None.

    A refund that an admin lets leave despite a dispute never waits. A refund that has
    waited for a dispute still waits when it is lost: it was decided before the bank
    paid the customer.
    """
    if refund.despite_dispute:
        return None
    found = _serious(session, refund.razorpay_payment_id)
    is_automatic = refund.reason in BY_SAGA
    return next(
        (d for d in found if is_automatic or d.is_open or refund.detail == waiting(d)),
        None,
    )


def waiting(dispute: Dispute) -> str:
    """Return the detail of a refund that waits for a dispute."""
    return f"waits for dispute {dispute.razorpay_dispute_id}"


def check_open(session: Session, razorpay_payment_id: str | None) -> None:
    """Raise Conflict `dispute_open` while a capture is disputed."""
    dispute = find_open(session, razorpay_payment_id)
    if dispute is not None:
        raise Conflict(
            f"The payment is disputed ({dispute.razorpay_dispute_id}); a refund could "
            "pay the customer twice.",
            code="dispute_open",
        )


def _serious(session: Session, razorpay_payment_id: str | None) -> list[Dispute]:
    """Return the fetched disputes that were neither won nor closed, nor are fraud."""
    if razorpay_payment_id is None:
        return []
    rows = select(Dispute).where(
        Dispute.razorpay_payment_id == razorpay_payment_id,
        Dispute.status.is_not(None),
        Dispute.status.not_in((WON, CLOSED)),
        Dispute.phase != FRAUD,
    )
    return list(session.scalars(rows.order_by(Dispute.id)))
