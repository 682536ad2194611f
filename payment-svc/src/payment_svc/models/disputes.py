"""Disputes that customers' banks raise about payments, and their history."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime
from payment_svc.extensions import db

# In this phase Razorpay does not pay the customer: a refund by us ends the dispute.
FRAUD = "fraud"
# Statuses that end a dispute. A dispute of any other status is open.
WON, LOST, CLOSED = "won", "lost", "closed"
ENDED = (WON, LOST, CLOSED)


class Dispute(AuditModel, db.Model):
    """A dispute as Razorpay returned it last.

    A webhook only inserts the row; phase, status and amounts are empty until the
    dispute was fetched. Phase, status and reason are Razorpay's words, and more may
    exist than are documented. `payment_id` is empty when no payment of ours is
    disputed. `problem` names what staff must examine. `version` counts the changes.
    `listed_at` is when a reconciliation run last found it in Razorpay's list.
    """

    __tablename__ = "disputes"

    id: Mapped[Id]
    razorpay_dispute_id: Mapped[str] = mapped_column(String(255), unique=True)
    payment_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="RESTRICT"), index=True
    )
    razorpay_payment_id: Mapped[str | None] = mapped_column(String(255), index=True)
    phase: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[Decimal | None] = mapped_column(Money(10))
    amount_deducted: Mapped[Decimal | None] = mapped_column(Money(10))
    currency: Mapped[str | None] = mapped_column(String(3))
    reason_code: Mapped[str | None] = mapped_column(String(255))
    respond_by: Mapped[Moment | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    listed_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(
        UtcDateTime, default=clock.now, index=True
    )
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )

    @property
    def is_open(self) -> bool:
        """Return whether the dispute was fetched and has not ended."""
        return self.status is not None and self.status not in ENDED


class DisputeHistory(AuditModel, db.Model):
    """A change of a dispute: its phase, status and amounts afterwards."""

    __tablename__ = "dispute_history"
    logs_inserts: ClassVar[bool] = False

    id: Mapped[Id]
    dispute_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("disputes.id", ondelete="CASCADE"), index=True
    )
    phase: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Decimal] = mapped_column(Money(10))
    amount_deducted: Mapped[Decimal] = mapped_column(Money(10))
    respond_by: Mapped[Moment | None] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
