"""The ledger's tables; amounts in paise, moments in Unix seconds."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

OPEN = ("created", "partially_paid")


class Base(DeclarativeBase):
    """The base of the ledger's tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        dict[str, Any]: JSON(none_as_null=True),
        int: BigInteger().with_variant(Integer, "sqlite"),
    }


class Numbered(Base):
    """A row that knows which came before it, within a second too."""

    __abstract__ = True

    number: Mapped[int] = mapped_column(index=True)


class Link(Numbered):
    """A payment link; `deadline` is when it expires, asked for or not."""

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
        """Tell whether the link takes money."""
        return self.status in OPEN

    @property
    def due(self) -> int:
        """Return what is still to be paid."""
        return max(0, self.amount - self.amount_paid)


class Reference(Base):
    """A reference id that was used once and is never free again."""

    __tablename__ = "link_references"

    reference_id: Mapped[str] = mapped_column(primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("links.id"))


class Order(Numbered):
    """An order; a link's comes into being when its page is opened."""

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
    """An attempt to pay; `on_link` says that the link counts it as its own."""

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
    fee: Mapped[int | None]
    tax: Mapped[int | None]
    error: Mapped[dict[str, Any] | None]
    acquirer_data: Mapped[dict[str, Any]]
    created_at: Mapped[int] = mapped_column(index=True)
    captured_at: Mapped[int | None]

    @property
    def captured(self) -> bool:
        """Tell whether the money is the merchant's, given back since or not."""
        return self.status in ("captured", "refunded")


class Refund(Numbered):
    """Money given back."""

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


class RefundKey(Base):
    """An X-Refund-Idempotency value, the request it came with and its refund."""

    __tablename__ = "refund_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    refund_id: Mapped[str] = mapped_column(ForeignKey("refunds.id"))


class Event(Numbered):
    """A webhook to deliver: the exact bytes, signed when the event happened.

    `next_attempt_at` is empty once it was delivered, given up or has no receiver.
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
