"""Refunds of a payment, and the transitions that each has made."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from chassis import correlation
from chassis.db import SECRET, AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from payment_svc.extensions import db
from payment_svc.models.refund_states import (
    AUTOMATIC,
    REFUND_STATUS,
    RefundReason,
    RefundState,
    RefundStatus,
)


def refund_key(payment_id: int, reason: str, n: int) -> str:
    """Return the unique key of a refund."""
    return f"refund:{payment_id}:{reason}:{n}"


class Refund(AuditModel, db.Model):
    """A refund of one capture: `captured_amount` was paid by `razorpay_payment_id`.

    `idempotency_key` is stored before Razorpay is called, and is the refund's receipt
    at Razorpay as well. With `is_rest` the refund was requested without an amount of
    its own: all that is left is refunded. `despite_dispute`: an admin lets the refund
    be sent during a dispute. `made_at` is when Razorpay created the refund, `listed_at`
    when a reconciliation run last found it in Razorpay's list.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint(among("state", RefundState), name="state_known"),
        CheckConstraint(among("reason", RefundReason), name="reason_known"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount_positive"),
        CheckConstraint("n > 0", name="n_positive"),
    )

    id: Mapped[Id]
    payment_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="RESTRICT"), index=True
    )
    key: Mapped[str] = mapped_column(String(100), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True, info=SECRET)
    razorpay_payment_id: Mapped[str | None] = mapped_column(String(255), index=True)
    captured_amount: Mapped[Decimal | None] = mapped_column(Money(10))
    razorpay_refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money(10))
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[RefundReason] = mapped_column(String(20))
    n: Mapped[int]
    is_rest: Mapped[bool] = mapped_column(default=False, server_default=false())
    note: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[RefundState] = mapped_column(String(20))
    detail: Mapped[str | None] = mapped_column(String(255))
    despite_dispute: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    listed_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    republish_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    acknowledged_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )

    @property
    def is_reducible(self) -> bool:
        """Return whether less than `amount` is refunded when less is left."""
        return self.is_rest or self.reason in AUTOMATIC

    @property
    def status(self) -> RefundStatus:
        """Return the status that clients see."""
        return REFUND_STATUS[RefundState(self.state)]


class RefundHistory(AuditModel, db.Model):
    """A transition of a refund: its states, trigger, reason and actor."""

    __tablename__ = "refund_history"
    logs_inserts: ClassVar[bool] = False

    id: Mapped[Id]
    refund_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("refunds.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    trigger: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(255), default="")
    actor: Mapped[str] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
