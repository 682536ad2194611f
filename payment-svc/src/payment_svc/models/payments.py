"""Payments: one PRIMARY row for each order, and EXTRA rows for further captures."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    column,
    false,
    select,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis import clock, correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from payment_svc.config import Settings
from payment_svc.extensions import db
from payment_svc.models.payment_states import (
    CAPTURED,
    CLOSED,
    PAYMENT_STATUS,
    ClosingReason,
    PaymentState,
    PaymentStatus,
    RefundedShare,
)


class PaymentKind(StrEnum):
    """PRIMARY: requested by an order. EXTRA: one more capture on the same link.

    A payment that its order has replaced is an EXTRA of itself.
    """

    PRIMARY = "PRIMARY"
    EXTRA = "EXTRA"


class Outcome(StrEnum):
    """What order-svc decided about a capture."""

    KEPT = "kept"
    REFUND = "refund"


class AuditLog(AuditModel, db.Model):
    """The parent table of payments: the id and the timestamps."""

    __tablename__ = "audit_log"
    __table_args__: Any = (Index("ix_audit_log_created_at_id", "created_at", "id"),)

    id: Mapped[Id]

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select old tombstones (TOMBSTONE_DAYS): payments closed before any request.

        The payment and its history are deleted together with this row.
        """
        before = clock.now() - timedelta(days=Settings.current().tombstone_days)
        payments = Payment.__table__.c
        tombstones = select(payments.auditlog_ptr_id).where(
            payments.state == CLOSED,
            payments.placed_at.is_(None),
            payments.state_since < before,
        )
        return cls.id.in_(tombstones)


class Payment(AuditLog):
    """A payment of an order; `receipt` is Razorpay's `reference_id`.

    `amount` was requested and `captured_amount` was paid; they may differ in a payment
    under review. The customer's fields are used for the payment link only.
    """

    __tablename__ = "payment"

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        """Return the constraints and the index of one PRIMARY payment per order."""
        primary = column("kind") == PaymentKind.PRIMARY.value
        return (
            CheckConstraint(among("state", PaymentState), name="state_known"),
            CheckConstraint(among("status", PaymentStatus), name="status_known"),
            CheckConstraint(among("kind", PaymentKind), name="kind_known"),
            CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount_positive"),
            CheckConstraint(
                "kind = 'PRIMARY' OR extra_of IS NOT NULL", name="extra_of_something"
            ),
            CheckConstraint(
                "state <> 'captured' OR razorpay_payment_id IS NOT NULL",
                name="captured_is_known",
            ),
            Index(
                "uq_payment_primary_order_id",
                "order_id",
                unique=True,
                sqlite_where=primary,
                postgresql_where=primary,
            ),
            Index("ix_payment_amount_auditlog_ptr_id", "amount", "auditlog_ptr_id"),
        )

    auditlog_ptr_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("audit_log.id", ondelete="CASCADE"), primary_key=True
    )
    order_id: Mapped[str] = mapped_column(String(255), index=True)
    razorpay_order_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    razorpay_payment_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    razorpay_payment_link_id: Mapped[str | None] = mapped_column(
        String(255), unique=True
    )
    razorpay_short_url: Mapped[str | None] = mapped_column(String(255), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money(10))
    currency: Mapped[str] = mapped_column(String(3), default="INR")
    status: Mapped[PaymentStatus] = mapped_column(String(50))
    receipt: Mapped[str] = mapped_column(String(255), unique=True)
    reason: Mapped[str | None] = mapped_column(String(255))

    state: Mapped[PaymentState] = mapped_column(String(20))
    kind: Mapped[PaymentKind] = mapped_column(String(10), default=PaymentKind.PRIMARY)
    extra_of: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(BigInt, index=True)
    customer_name: Mapped[str] = mapped_column(String(100), default="")
    customer_email: Mapped[str] = mapped_column(String(254), default="")
    customer_phone: Mapped[str | None] = mapped_column(String(20))
    placed_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    closing_reason: Mapped[ClosingReason | None] = mapped_column(String(20))
    captured_amount: Mapped[Decimal | None] = mapped_column(Money(10))
    captured_currency: Mapped[str | None] = mapped_column(String(3))
    amount_refunded: Mapped[Decimal] = mapped_column(Money(10), default=Decimal("0.00"))
    is_accepted: Mapped[bool] = mapped_column(default=False)
    is_plain_link: Mapped[bool] = mapped_column(default=False, server_default=false())
    outcome: Mapped[Outcome | None] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    state_since: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    republish_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )

    __mapper_args__ = {"inherit_condition": auditlog_ptr_id == AuditLog.id}  # noqa: RUF012

    @property
    def has_own_link(self) -> bool:
        """Return whether the row has or gets a link, and is not a further capture."""
        return self.extra_of in (None, self.id)

    @property
    def is_replaced(self) -> bool:
        """Return whether the order has another payment instead of this one."""
        return self.extra_of is not None and self.extra_of == self.id

    @property
    def refundable(self) -> Decimal:
        """Return the captured amount, 0.00 before a capture."""
        return self.captured_amount or Decimal("0.00")


def status_of(
    state: PaymentState,
    closing_reason: ClosingReason | None,
    captured: Decimal | None,
    refunded: Decimal | None,
) -> PaymentStatus:
    """Return the status that clients see."""
    share = RefundedShare.NOTHING
    if refunded:
        is_all = refunded >= (captured or Decimal(0))
        share = RefundedShare.ALL if is_all else RefundedShare.PART
    detail = {CLOSED: closing_reason, CAPTURED: share}.get(state)
    return PAYMENT_STATUS[state, detail]


class PaymentHistory(AuditModel, db.Model):
    """A transition of a payment: its states, trigger, reason and actor.

    A trigger that was only acknowledged has the same state twice.
    """

    __tablename__ = "payment_history"
    logs_inserts: ClassVar[bool] = False

    id: Mapped[Id]
    payment_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    trigger: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(255), default="")
    actor: Mapped[str] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
