"""The ledger's tables; amounts are in paise, times in Unix seconds."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

OPEN = ("created", "partially_paid")


class Base(DeclarativeBase):
    """The declarative base of the ledger's tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy expects a plain dict
        dict[str, Any]: JSON(none_as_null=True),
        int: BigInteger().with_variant(Integer, "sqlite"),
    }


class Numbered(Base):
    """A row with a sequence number, to order rows created in the same second."""

    __abstract__ = True

    number: Mapped[int] = mapped_column(index=True)


class Link(Numbered):
    """A payment link; `deadline` is set even if the request had no `expire_by`."""

    __tablename__ = "links"

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(index=True, default="created")
    amount: Mapped[int]
    amount_paid: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    accept_partial: Mapped[bool]
    first_min_partial_amount: Mapped[int]
    description: Mapped[str]
    reference_id: Mapped[str] = mapped_column(index=True)
    customer: Mapped[dict[str, Any] | None]
    notes: Mapped[dict[str, Any] | None]
    notify: Mapped[dict[str, Any]]
    reminder_enable: Mapped[bool]
    callback_url: Mapped[str]
    callback_method: Mapped[str]
    short_url: Mapped[str]
    order_id: Mapped[str | None]
    created_at: Mapped[int] = mapped_column(index=True)
    updated_at: Mapped[int]
    expire_by: Mapped[int] = mapped_column(default=0)
    deadline: Mapped[int] = mapped_column(index=True)
    expired_at: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[int] = mapped_column(default=0)

    @property
    def payable(self) -> bool:
        """Return whether the link is open for payments."""
        return self.status in OPEN

    @property
    def due(self) -> int:
        """Return the amount that is still to be paid."""
        return max(0, self.amount - self.amount_paid)


class Reference(Base):
    """A reference id that was used by a link and cannot be reused."""

    __tablename__ = "link_references"

    reference_id: Mapped[str] = mapped_column(primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("links.id"))


class Order(Numbered):
    """An order; the order of a link is created when the link's page is opened."""

    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    amount_paid: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    receipt: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(default="created")
    attempts: Mapped[int] = mapped_column(default=0)
    partial_payment: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[dict[str, Any] | None]
    created_at: Mapped[int] = mapped_column(index=True)


class Payment(Numbered):
    """A payment attempt; `on_link` means that the link's amount_paid includes it."""

    __tablename__ = "payments"

    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    link_id: Mapped[str | None] = mapped_column(ForeignKey("links.id"), index=True)
    on_link: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int]
    amount_refunded: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default="created")
    method: Mapped[str]
    description: Mapped[str]
    bank: Mapped[str | None]
    vpa: Mapped[str | None]
    card: Mapped[dict[str, Any] | None]
    email: Mapped[str]
    contact: Mapped[str]
    notes: Mapped[dict[str, Any] | None]
    fee_bearer: Mapped[str | None]
    offer_id: Mapped[str | None]
    fee: Mapped[int | None]
    tax: Mapped[int | None]
    error: Mapped[dict[str, Any] | None]
    acquirer_data: Mapped[dict[str, Any]]
    created_at: Mapped[int] = mapped_column(index=True)
    captured_at: Mapped[int | None]

    @property
    def for_order(self) -> int:
        """Return what counts for the order: the amount without the customer's fee."""
        return self.amount - (self.fee or 0 if self.fee_bearer else 0)

    @property
    def captured(self) -> bool:
        """Return whether the payment was captured, even if it was refunded later.

        Razorpay refunds a payment that is not captured in time; that one never was.
        """
        return self.captured_at is not None


class Refund(Numbered):
    """A full or partial refund of a payment."""

    __tablename__ = "refunds"
    __table_args__ = (UniqueConstraint("payment_id", "receipt"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    receipt: Mapped[str | None]
    notes: Mapped[dict[str, Any] | None]
    acquirer_data: Mapped[dict[str, Any]]
    speed_requested: Mapped[str]
    speed_processed: Mapped[str]
    created_at: Mapped[int] = mapped_column(index=True)


class Dispute(Numbered):
    """A dispute that the customer's bank has raised about a payment."""

    __tablename__ = "disputes"

    id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(index=True)
    amount: Mapped[int]
    amount_deducted: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    reason_code: Mapped[str]
    respond_by: Mapped[int]
    status: Mapped[str] = mapped_column(default="open")
    phase: Mapped[str]
    created_at: Mapped[int] = mapped_column(index=True)


class RefundKey(Base):
    """An idempotency key, the hash of its request and the refund created for it."""

    __tablename__ = "refund_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    refund_id: Mapped[str] = mapped_column(ForeignKey("refunds.id"))


class Event(Numbered):
    """A webhook event: its exact bytes and signature, fixed when the event occurred.

    `next_attempt_at` is empty after delivery, after the last attempt, or if no
    webhook URL is set.
    """

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    body: Mapped[bytes]
    signature: Mapped[str]
    created_at: Mapped[float]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[float | None] = mapped_column(index=True)
    delivered_at: Mapped[float | None]
    last_result: Mapped[str | None]
