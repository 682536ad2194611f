"""Attempts to pay a link, successful or not, as Razorpay returned them."""

from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime
from payment_svc.extensions import db


class PaymentAttempt(AuditModel, db.Model):
    """An attempt to pay; it never changes the state of its payment.

    A later poll updates the row: a failed attempt can still be captured. Of a UPI
    address only the part after the `@` is stored, because the rest names a person.
    `fee` is Razorpay's, with the `tax` included.
    `listed_at` is when a reconciliation run last found it in Razorpay's list.
    """

    __tablename__ = "payment_attempts"

    id: Mapped[Id]
    payment_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="CASCADE"), index=True
    )
    razorpay_payment_id: Mapped[str] = mapped_column(String(255), unique=True)
    status: Mapped[str] = mapped_column(String(20))
    method: Mapped[str | None] = mapped_column(String(40))
    bank: Mapped[str | None] = mapped_column(String(80))
    wallet: Mapped[str | None] = mapped_column(String(80))
    vpa_handle: Mapped[str | None] = mapped_column(String(80))
    amount: Mapped[Decimal] = mapped_column(Money(10))
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Decimal | None] = mapped_column(Money(10))
    tax: Mapped[Decimal | None] = mapped_column(Money(10))
    error_code: Mapped[str | None] = mapped_column(String(80))
    error_reason: Mapped[str | None] = mapped_column(String(80))
    error_step: Mapped[str | None] = mapped_column(String(80))
    error_source: Mapped[str | None] = mapped_column(String(80))
    error_description: Mapped[str | None] = mapped_column(String(255))
    attempted_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    listed_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
