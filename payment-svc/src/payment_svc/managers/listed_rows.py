"""Which of our rows Razorpay's lists have contained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from payment_svc.managers.run_cursor import Cursor
from payment_svc.models import Dispute, Listing, PaymentAttempt, Refund

FEW = 10  # entities that are fetched by their ids in one turn
# The rows of a list: their id at Razorpay, and when Razorpay created the entity.
ROWS: dict[Listing, tuple[Any, Any, Any]] = {
    Listing.PAYMENTS: (
        PaymentAttempt,
        PaymentAttempt.razorpay_payment_id,
        PaymentAttempt.attempted_at,
    ),
    Listing.REFUNDS: (Refund, Refund.razorpay_refund_id, Refund.made_at),
    Listing.DISPUTES: (Dispute, Dispute.razorpay_dispute_id, Dispute.opened_at),
}
NOUNS = {
    Listing.PAYMENTS: "an attempt to pay",
    Listing.REFUNDS: "a refund",
    Listing.DISPUTES: "a dispute",
}


@dataclass(frozen=True)
class Unlisted:
    """A row of ours that the list of its day has not contained."""

    razorpay_id: str
    ours: str
    payment_id: int | None


def unlisted(session: Session, cursor: Cursor) -> Sequence[Unlisted]:
    """Return a few rows of the window that the list has not contained."""
    model, name, created_at = ROWS[cursor.listing]
    rows = select(model, name).where(
        created_at.between(cursor.since, cursor.until),
        or_(model.listed_at.is_(None), model.listed_at < cursor.started_at),
    )
    found = session.execute(rows.order_by(model.id).limit(FEW)).all()
    return [
        Unlisted(razorpay_id, f"{row.status}, {row.amount:.2f}", row.payment_id)
        for row, razorpay_id in found
    ]


def mark_listed(
    session: Session, listing: Listing, ids: Sequence[str], now: datetime
) -> None:
    """Store that Razorpay's list has contained the rows with these ids."""
    model, name, _ = ROWS[listing]
    values = {"listed_at": now, "updated_at": model.updated_at}
    session.execute(
        update(model).where(name.in_(ids)).values(values),
        execution_options={"synchronize_session": False},
    )
