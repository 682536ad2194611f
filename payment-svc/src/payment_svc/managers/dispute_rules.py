"""Which disputes keep a refund from being sent."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from payment_svc.models import BY_SAGA, Dispute, Refund
from payment_svc.models.disputes import CLOSED, FRAUD, WON


def find_open(session: Session, razorpay_payment_id: str | None) -> Dispute | None:
    """Return an open dispute of a capture that is not of phase fraud, or None."""
    return next(filter(_may_be_open, _serious(session, razorpay_payment_id)), None)


def find_holding(session: Session, refund: Refund) -> Dispute | None:
    """Return the dispute for which a refund must wait, or None.

    A refund that an admin sends despite a dispute never waits. After a lost dispute the
    bank has paid the customer: a refund that no person has decided would pay twice, and
    so would one that has waited for that dispute.
    """
    if refund.despite_dispute:
        return None
    found = _serious(session, refund.razorpay_payment_id)
    is_by_saga = refund.reason in BY_SAGA
    return next(
        (
            d
            for d in found
            if is_by_saga or _may_be_open(d) or refund.detail == waiting(d)
        ),
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


def _may_be_open(dispute: Dispute) -> bool:
    """Return whether a dispute is open, or was reported and not fetched yet."""
    return dispute.status is None or dispute.is_open


def _serious(session: Session, razorpay_payment_id: str | None) -> list[Dispute]:
    """Return the disputes that were neither won nor closed, nor are fraud.

    Until a dispute was fetched, its webhook counts, unless Razorpay refuses its id.
    """
    if razorpay_payment_id is None:
        return []
    rows = select(Dispute).where(
        Dispute.razorpay_payment_id == razorpay_payment_id,
        or_(
            Dispute.status.is_(None) & Dispute.problem.is_(None),
            Dispute.status.not_in((WON, CLOSED)) & (Dispute.phase != FRAUD),
        ),
    )
    return list(session.scalars(rows.order_by(Dispute.id)))
