"""Refunds of an order's payments."""

from decimal import Decimal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from order_svc.extensions import db
from order_svc.models.orders import Lines
from order_svc.models.states import (
    REFUND_STATUSES,
    RefundReason,
    RefundState,
    RefundStatus,
)


class OrderRefund(AuditModel, db.Model):
    """A refund of one payment: requested here or at payment-svc, or made at Razorpay.

    `n` counts per payment and reason; `refund_id` is payment-svc's id. An unanswered
    refund is requested again at `next_check_at`. With `is_rest` staff gave no amount:
    all that is left is refunded, at most `amount`. REFUND_LIMIT does not apply to a
    refund `by_admin`.
    """

    __tablename__ = "order_refunds"
    __table_args__ = (
        UniqueConstraint("payment_id", "reason", "n"),
        UniqueConstraint("refund_id"),
        CheckConstraint(among("reason", RefundReason), name="reason_known"),
        CheckConstraint(among("state", RefundState), name="state_known"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount_positive"),
        Index("ix_order_refunds_next_check_at", "next_check_at"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE"), index=True
    )
    payment_id: Mapped[int] = mapped_column(BigInt)
    reason: Mapped[RefundReason] = mapped_column(String(20))
    n: Mapped[int] = mapped_column(BigInt, default=1)
    amount: Mapped[Decimal] = mapped_column(Money(15))
    is_rest: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[RefundState] = mapped_column(
        String(20), default=RefundState.REQUESTED
    )
    refund_id: Mapped[int | None] = mapped_column(BigInt)
    note: Mapped[str | None] = mapped_column(Text)
    items: Mapped[Lines | None] = mapped_column(JSON(none_as_null=True))
    actor: Mapped[str] = mapped_column(String(100), default="saga")
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    by_admin: Mapped[bool] = mapped_column(default=False, server_default=false())
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current, server_default=""
    )

    @property
    def status(self) -> RefundStatus:
        """Return the state as clients see it."""
        return REFUND_STATUSES[RefundState(self.state)]
