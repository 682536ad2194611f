"""SQL statements that belong to no manager."""

from datetime import datetime

from sqlalchemy import delete

from product_svc.extensions import db
from product_svc.models import TOMBSTONES, Reservation


def delete_tombstones(before: datetime) -> None:
    """Delete tombstones older than any request that could still arrive for them."""
    db.session.execute(
        delete(Reservation)
        .where(Reservation.state.in_(TOMBSTONES))
        .where(Reservation.updated_at < before)
    )
