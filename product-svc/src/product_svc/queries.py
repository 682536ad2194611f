"""Statements that are not a manager's own."""

from datetime import datetime

from sqlalchemy import Delete, delete

from product_svc.models import TOMBSTONES, Reservation


def old_tombstones(before: datetime) -> Delete:
    """Delete the tombstones that no late request can meet any more."""
    return (
        delete(Reservation)
        .where(Reservation.state.in_(TOMBSTONES))
        .where(Reservation.updated_at < before)
    )
