"""Money that goes back, and what is owed to product-svc."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from order_svc.extensions import db
from order_svc.models.states import (
    REFUND_STATUSES,
    RefundReason,
    RefundState,
    RefundStatus,
)

Lines = list[dict[str, int]]


class OrderRefund(AuditModel, db.Model):
    """A refund of one payment, asked for by us or begun at payment-svc (`direct`).

    `n` counts per payment and reason; `refund_id` is payment-svc's id of it.
    `next_check_at` is when an unanswered one is asked for again.
    """

    __tablename__ = "order_refunds"
    __table_args__ = (
        UniqueConstraint("payment_id", "reason", "n"),
        UniqueConstraint("refund_id"),
        CheckConstraint(among("reason", RefundReason), name="reason_known"),
        CheckConstraint(among("state", RefundState), name="state_known"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount_positive"),
        Index("ix_order_refunds_state_next_check_at", "state", "next_check_at"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE"), index=True
    )
    payment_id: Mapped[int] = mapped_column(BigInt)
    reason: Mapped[RefundReason] = mapped_column(String(20))
    n: Mapped[int] = mapped_column(BigInt, default=1)
    amount: Mapped[Decimal] = mapped_column(Money(15))
    state: Mapped[RefundState] = mapped_column(
        String(20), default=RefundState.REQUESTED
    )
    refund_id: Mapped[int | None] = mapped_column(BigInt)
    note: Mapped[str | None] = mapped_column(Text)
    items: Mapped[Lines | None] = mapped_column(JSON(none_as_null=True))
    actor: Mapped[str] = mapped_column(String(100), default="saga")
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)

    @property
    def status(self) -> RefundStatus:
        """Return what clients know of it."""
        return REFUND_STATUSES[RefundState(self.state)]


class OwedKind(StrEnum):
    """What product-svc must still be told."""

    RELEASE = "release"
    RELEASE_FINAL = "release_final"
    RESTOCK = "restock"


class OwedState(StrEnum):
    """What product-svc has answered; `refused` is as definite as `done`."""

    OWED = "owed"
    DONE = "done"
    REFUSED = "refused"


class Owed(AuditModel, db.Model):
    """A call to product-svc, written with the transition and made until answered."""

    __tablename__ = "owed"
    __table_args__ = (
        UniqueConstraint("order_id", "return_id"),
        CheckConstraint(among("kind", OwedKind), name="kind_known"),
        CheckConstraint(among("state", OwedState), name="state_known"),
        Index("ix_owed_state_next_check_at", "state", "next_check_at"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE")
    )
    kind: Mapped[OwedKind] = mapped_column(String(20))
    state: Mapped[OwedState] = mapped_column(String(20), default=OwedState.OWED)
    return_id: Mapped[str | None] = mapped_column(String(100))
    items: Mapped[Lines | None] = mapped_column(JSON(none_as_null=True))
    answer: Mapped[str | None] = mapped_column(String(100))
    next_check_at: Mapped[Moment] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
