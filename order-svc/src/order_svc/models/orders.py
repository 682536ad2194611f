"""Orders, their lines and their timeline."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from chassis.sorting import sort_key_of
from order_svc.extensions import db
from order_svc.models.review import Reviewed
from order_svc.models.states import OrderState, OrderStatus, display

ZERO = Decimal("0.00")
Lines = list[dict[str, int]]  # product_id and quantity
Prices = Mapping[int, tuple[str, Decimal]]  # name and price by product id


class Order(Reviewed, AuditModel, db.Model):
    """An order; `status` is derived from `state`, `version` counts its changes.

    The worker checks the order at `next_check_at`; `attempts` counts the checks since
    the last transition. `payment_id` is payment-svc's id of the order's own
    payment, the first recorded capture; `captured_amount` is its amount.
    `placed_from` is a MAC of the client's address; NULL when staff placed the order.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(among("state", OrderState), name="state_known"),
        CheckConstraint(among("status", OrderStatus), name="status_known"),
        # PostgreSQL accepts NaN in a NUMERIC and sorts NaN above every number.
        CheckConstraint(
            "total_price >= 0 AND total_price <> 'NaN'", name="total_not_negative"
        ),
        CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <> 'NaN'",
            name="refunded_not_negative",
        ),
        Index("ix_orders_next_check_at", "next_check_at"),
        *(
            Index(f"ix_orders_{name}_id", name, "id")
            for name in ("user_id", "status", "created_at", "total_price")
        ),
        Index("ix_orders_placed_from_state", "placed_from", "state"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigInt)
    placed_from: Mapped[str | None] = mapped_column(String(64))
    total_price: Mapped[Decimal] = mapped_column(Money(15), default=ZERO)
    status: Mapped[OrderStatus] = mapped_column(
        String(20), default=OrderStatus.PENDING, server_default=OrderStatus.PENDING
    )
    state: Mapped[OrderState] = mapped_column(String(20), default=OrderState.PLACED)
    version: Mapped[int] = mapped_column(BigInt, default=1)
    currency: Mapped[str] = mapped_column(String(3), default="INR")
    customer_name: Mapped[str] = mapped_column(String(100))
    customer_name_sort_key: Mapped[str] = sort_key_of("customer_name")
    customer_email: Mapped[str] = mapped_column(String(254))
    customer_phone: Mapped[str | None] = mapped_column(String(20))
    payment_id: Mapped[int | None] = mapped_column(BigInt)
    payment_status: Mapped[str | None] = mapped_column(String(20))
    captured_amount: Mapped[Decimal | None] = mapped_column(Money(15))
    refunded_amount: Mapped[Decimal] = mapped_column(Money(15), default=ZERO)
    short_url: Mapped[str | None] = mapped_column(String(255))
    link_expires_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    note: Mapped[str | None] = mapped_column(Text)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
    items: Mapped[list["OrderItem"]] = relationship(
        order_by="OrderItem.product_id", passive_deletes=True, lazy="selectin"
    )

    @property
    def status_display(self) -> str:
        """Return the status as it is displayed."""
        return display(OrderStatus(self.status))

    @property
    def lines(self) -> dict[int, int]:
        """Return `{product id: quantity}`."""
        return {item.product_id: item.quantity for item in self.items}

    @property
    def payment(self) -> dict[str, Any] | None:
        """Return the payment's status, and the link while the order awaits payment.

        A link that is being closed can still be paid, but is not shown any more.
        """
        if self.payment_status is None:
            return None
        is_open = self.state == OrderState.AWAITING_PAYMENT
        return {
            "status": self.payment_status,
            "short_url": self.short_url if is_open else None,
            "expires_at": self.link_expires_at,
        }

    def __str__(self) -> str:
        return f"Order {self.id}"


class OrderItem(AuditModel, db.Model):
    """A line of an order; its price and name come from the reservation."""

    __tablename__ = "order_items"
    logs_inserts: ClassVar[bool] = False
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("price >= 0 AND price <> 'NaN'", name="price_not_negative"),
        UniqueConstraint("order_id", "product_id"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE")
    )
    product_id: Mapped[int] = mapped_column(BigInt)
    product_name: Mapped[str] = mapped_column(String(100), default="")
    quantity: Mapped[int] = mapped_column(BigInt)
    price: Mapped[Decimal] = mapped_column(Money(10), default=ZERO)


class HistoryKind(StrEnum):
    """The kinds of lines in an order's timeline."""

    STATE = "state"
    MESSAGE_OUT = "message_out"
    MESSAGE_IN = "message_in"
    IGNORED = "ignored"


class OrderHistory(AuditModel, db.Model):
    """A line of an order's timeline: a change of state or a message."""

    __tablename__ = "order_history"
    logs_inserts: ClassVar[bool] = False
    __table_args__ = (CheckConstraint(among("kind", HistoryKind), name="kind_known"),)

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE"), index=True
    )
    service: Mapped[str] = mapped_column(String(40))
    kind: Mapped[HistoryKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(255), default="")
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
