"""Disputes of an order's payments: recorded, and checked before a refund."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from order_svc.models import Order, OrderDispute
from order_svc.models.disputes import ENDED, FRAUD

COLUMNS = ("payment_id", "version", "phase", "status", "amount", "respond_by")


def record_dispute(session: Session, order: Order, data: Any) -> None:
    """Store a dispute; an older message than the stored one changes nothing."""
    found = select(OrderDispute).filter_by(dispute_id=data["dispute_id"])
    dispute = session.scalar(found)
    if dispute is None:
        dispute = OrderDispute(order_id=order.id, dispute_id=data["dispute_id"])
        session.add(dispute)
    elif dispute.version >= data["version"]:
        return
    for name in COLUMNS:
        setattr(dispute, name, data[name])
    session.flush()


def check_dispute(session: Session, order: Order) -> None:
    """Raise Conflict `dispute_open` while the order's own payment is disputed."""
    found = select(OrderDispute.id).where(
        OrderDispute.payment_id == order.payment_id,
        OrderDispute.phase != FRAUD,
        OrderDispute.status.not_in(ENDED),
    )
    if session.scalar(found.limit(1)) is not None:
        raise Conflict(
            "The payment is disputed; a refund could pay the customer twice.",
            code="dispute_open",
        )


def describe(data: Any) -> str:
    """Return the dispute of a message in one sentence for the timeline."""
    sentence = f"{data['phase']}, {data['status']}: {data['amount']} is disputed"
    if data["respond_by"] is None:
        return sentence
    return f"{sentence}, respond by {data['respond_by']:%Y-%m-%d %H:%M} UTC"
