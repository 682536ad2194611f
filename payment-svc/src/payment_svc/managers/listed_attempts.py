"""Which attempts to pay Razorpay's list of payments has contained."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from payment_svc.managers.run_cursor import Cursor
from payment_svc.models import PaymentAttempt

FEW = 10  # entities that are fetched by their ids in one turn


def unlisted(session: Session, cursor: Cursor) -> Sequence[PaymentAttempt]:
    """Return a few attempts of the window that the list has not contained."""
    listed = PaymentAttempt.listed_at
    rows = select(PaymentAttempt).where(
        PaymentAttempt.attempted_at.between(cursor.since, cursor.until),
        or_(listed.is_(None), listed < cursor.started_at),
    )
    return session.scalars(rows.order_by(PaymentAttempt.id).limit(FEW)).all()


def mark_listed(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Store that Razorpay's list has contained these attempts to pay."""
    attempt = PaymentAttempt
    rows = update(attempt).where(attempt.razorpay_payment_id.in_(ids))
    values = {"listed_at": now, "updated_at": attempt.updated_at}
    session.execute(
        rows.values(values), execution_options={"synchronize_session": False}
    )
