"""Reservations of stock, their states and the table of legal transitions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from product_svc.extensions import db


class ReservationState(StrEnum):
    """Where an order's reservation stands."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"
    EXPIRED = "expired"
    REFUSED = "refused"


class Trigger(StrEnum):
    """What moves a reservation."""

    RESERVE = "reserve"
    REFUSE = "refuse"  # our own answer when stock is short
    RELEASE = "release"
    RELEASE_FINAL = "release_final"
    EXPIRE = "expire"
    COMMIT = "commit"
    RESTOCK = "restock"


@dataclass(frozen=True)
class Move:
    """Where a trigger leads, and what each unit does to stock and to reserved."""

    to: ReservationState
    stock: int = 0
    reserved: int = 0


class Answer(StrEnum):
    """What a cell answers that changes nothing: the code of a refusal, or two more."""

    SAME = "same"  # it is so already; other lines than those are a mismatch
    NEVER = "never"  # nobody asks: the sweeper and our own refusals look first
    UNKNOWN = "not_found"
    OVER = "gone"
    TAKEN = "already_committed"
    LOST = "reservation_gone"
    UNSOLD = "not_committed"


HELD, COMMITTED, RELEASED, EXPIRED, REFUSED = ReservationState
RESERVE, REFUSE, RELEASE, RELEASE_FINAL, EXPIRE, COMMIT, RESTOCK = Trigger

# From `None` no row exists yet. A released or expired reservation holds nothing: a
# commit takes its stock again if it is still there. What has no line here changes
# nothing: its answer stands in the second half of the table, ANSWERS.
TRANSITIONS: dict[tuple[ReservationState | None, Trigger], Move] = {
    (None, RESERVE): Move(HELD, reserved=+1),
    (None, REFUSE): Move(REFUSED),
    (None, RELEASE): Move(RELEASED),
    (None, RELEASE_FINAL): Move(REFUSED),
    (HELD, RELEASE): Move(RELEASED, reserved=-1),
    (HELD, RELEASE_FINAL): Move(REFUSED, reserved=-1),
    (HELD, EXPIRE): Move(EXPIRED, reserved=-1),
    (HELD, COMMIT): Move(COMMITTED, stock=-1, reserved=-1),
    (RELEASED, COMMIT): Move(COMMITTED, stock=-1),
    (RELEASED, REFUSE): Move(REFUSED),
    (RELEASED, RELEASE_FINAL): Move(REFUSED),
    (EXPIRED, COMMIT): Move(COMMITTED, stock=-1),
    (EXPIRED, REFUSE): Move(REFUSED),
    (EXPIRED, RELEASE_FINAL): Move(REFUSED),
    (COMMITTED, RESTOCK): Move(COMMITTED, stock=+1),
}
ANSWERS: dict[tuple[ReservationState | None, Trigger], Answer] = {
    (None, EXPIRE): Answer.NEVER,
    (None, COMMIT): Answer.UNKNOWN,
    (None, RESTOCK): Answer.UNSOLD,
    (HELD, RESERVE): Answer.SAME,
    (HELD, REFUSE): Answer.NEVER,
    (HELD, RESTOCK): Answer.UNSOLD,
    (COMMITTED, RESERVE): Answer.SAME,
    (COMMITTED, REFUSE): Answer.NEVER,
    (COMMITTED, RELEASE): Answer.TAKEN,
    (COMMITTED, RELEASE_FINAL): Answer.TAKEN,
    (COMMITTED, EXPIRE): Answer.NEVER,
    (COMMITTED, COMMIT): Answer.SAME,
    (RELEASED, RESERVE): Answer.OVER,
    (RELEASED, RELEASE): Answer.SAME,
    (RELEASED, EXPIRE): Answer.NEVER,
    (RELEASED, RESTOCK): Answer.UNSOLD,
    (EXPIRED, RESERVE): Answer.OVER,
    (EXPIRED, RELEASE): Answer.SAME,
    (EXPIRED, EXPIRE): Answer.NEVER,
    (EXPIRED, RESTOCK): Answer.UNSOLD,
    (REFUSED, RESERVE): Answer.OVER,
    (REFUSED, REFUSE): Answer.NEVER,
    (REFUSED, RELEASE): Answer.SAME,
    (REFUSED, RELEASE_FINAL): Answer.SAME,
    (REFUSED, EXPIRE): Answer.NEVER,
    (REFUSED, COMMIT): Answer.LOST,
    (REFUSED, RESTOCK): Answer.UNSOLD,
}
CELLS: dict[tuple[ReservationState | None, Trigger], Move | Answer] = {
    **TRANSITIONS,
    **ANSWERS,
}
STATES: tuple[ReservationState | None, ...] = (None, *ReservationState)


class Reservation(AuditModel, db.Model):
    """What an order holds or has taken; a final row is kept as a tombstone.

    `order_id` is order-svc's id of the order: one reservation for each, for ever.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint(among("state", ReservationState), name="state_known"),
        Index("ix_reservations_state_expires_at", "state", "expires_at"),
    )

    order_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    state: Mapped[ReservationState] = mapped_column(String(20))
    expires_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    items: Mapped[list["ReservationItem"]] = relationship(
        order_by="ReservationItem.product_id", passive_deletes=True
    )

    @property
    def lines(self) -> dict[int, int]:
        """Return `{product id: quantity}`."""
        return {item.product_id: item.quantity for item in self.items}

    def is_due(self, now: datetime) -> bool:
        """Say whether it still holds stock though its time is over."""
        is_held = self.state == ReservationState.HELD
        return is_held and self.expires_at is not None and self.expires_at < now


class ReservationItem(AuditModel, db.Model):
    """A line of a reservation, with the name and price the customer was shown."""

    __tablename__ = "reservation_items"
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
    """A change of a reservation's state: from where, to where, who and why."""

    __tablename__ = "reservation_history"

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
