"""Disputes of an order's payments, as payment-svc published them last."""

from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime
from order_svc.extensions import db

# Razorpay's words: a dispute of this phase ends by a refund, these statuses end one.
FRAUD = "fraud"
ENDED = ("won", "lost", "closed")


class OrderDispute(AuditModel, db.Model):
    """A dispute of one payment; `dispute_id` is payment-svc's id.

    A message with a higher `version` is newer.
    """

    __tablename__ = "order_disputes"
    __table_args__ = (UniqueConstraint("dispute_id"),)

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE"), index=True
    )
    payment_id: Mapped[int] = mapped_column(BigInt, index=True)
    dispute_id: Mapped[int] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(BigInt)
    phase: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Decimal] = mapped_column(Money(15))
    respond_by: Mapped[Moment | None] = mapped_column(UtcDateTime)
