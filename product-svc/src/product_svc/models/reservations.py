"""Reservations of stock: what orders hold or have bought, and their timeline."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import clock, correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from product_svc.config import Settings
from product_svc.extensions import db
from product_svc.models.states import ReservationState
from product_svc.models.transitions import TOMBSTONES


class Reservation(AuditModel, db.Model):
    """The stock that an order holds or has bought; each order has one reservation.

    `order_id` is order-svc's id of the order. `next_check_at` is `expires_at` while
    stock is held, and NULL otherwise.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint(among("state", ReservationState), name="state_known"),
        Index("ix_reservations_state_updated_at", "state", "updated_at"),
    )

    order_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    state: Mapped[ReservationState] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(BigInt, default=1)
    expires_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    items: Mapped[list["ReservationItem"]] = relationship(
        order_by="ReservationItem.product_id", passive_deletes=True
    )

    @property
    def lines(self) -> dict[int, int]:
        """Return `{product id: quantity}`."""
        return {item.product_id: item.quantity for item in self.items}

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select tombstones that no late request can need any more."""
        age = timedelta(days=Settings.current().tombstone_days)
        return and_(cls.state.in_(TOMBSTONES), cls.updated_at < clock.now() - age)

    def is_due(self, now: datetime) -> bool:
        """Return whether the reservation holds stock past its expiry."""
        is_held = self.state == ReservationState.HELD
        return is_held and self.expires_at is not None and self.expires_at <= now


class ReservationItem(AuditModel, db.Model):
    """A line of a reservation, with the name and price at the time of the order."""

    __tablename__ = "reservation_items"
    logs_inserts: ClassVar[bool] = False
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "returned >= 0 AND returned <= quantity", name="returned_within_quantity"
        ),
        CheckConstraint("price >= 0 AND price <> 'NaN'", name="price_not_negative"),
    )

    order_id: Mapped[int] = mapped_column(
        BigInt,
        ForeignKey("reservations.order_id", ondelete="CASCADE"),
        primary_key=True,
    )
    product_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("products.id", ondelete="RESTRICT"), primary_key=True
    )
    quantity: Mapped[int] = mapped_column(BigInt)
    name: Mapped[str] = mapped_column(String(100))
    price: Mapped[Decimal] = mapped_column(Money(10))
    returned: Mapped[int] = mapped_column(BigInt, default=0)


class ReservationHistory(AuditModel, db.Model):
    """A transition of a reservation: both states, the actor and the reason."""

    __tablename__ = "reservation_history"
    logs_inserts: ClassVar[bool] = False

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("reservations.order_id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(255))
    actor: Mapped[str] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
