"""The published messages, each with its data."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from order_svc import events
from order_svc.models import Event, Order, OrderRefund, OrderState, RefundReason

PLACED_AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


def order(**columns: Any) -> Order:
    usual = {
        "id": 17,
        "user_id": 3,
        "total_price": Decimal("998.00"),
        "currency": "INR",
        "customer_name": "Asha",
        "customer_email": "asha@shop.example",
        "created_at": PLACED_AT,
        "state": OrderState.AWAITING_PAYMENT,
    }
    return Order(**{**usual, **columns})


@pytest.mark.parametrize("phone", [None, "+919876543210"])
def test_a_payment_is_requested_with_the_customer(phone: str | None) -> None:
    message = events.payment_requested(order(customer_phone=phone))

    customer = {"name": "Asha", "email": "asha@shop.example"}
    assert (message.type, message.subject) == (Event.PAYMENT_REQUESTED, "orders/17")
    assert (message.queue, message.source) == ("payment-commands", "/order-svc")
    assert message.data == {
        "order_id": 17,
        "user_id": 3,
        "amount": "998.00",
        "currency": "INR",
        "customer": {**customer, "phone": phone} if phone else customer,
        "placed_at": "2026-11-29T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("state", "reason"),
    [(OrderState.CANCELLING, "cancelled"), (OrderState.EXPIRING, "expired")],
)
def test_a_close_is_requested_with_its_reason(state: OrderState, reason: str) -> None:
    message = events.payment_close_requested(order(state=state))

    assert message.type == Event.PAYMENT_CLOSE_REQUESTED
    assert message.data["reason"] == reason


def test_a_refund_is_requested_by_payment_reason_and_number() -> None:
    refund = OrderRefund(
        order_id=17, payment_id=501, amount=Decimal(1), reason=RefundReason.STAFF, n=2
    )

    message = events.refund_requested(refund)

    data = {"order_id": 17, "payment_id": 501, "amount": "1.00"}
    assert message.type == Event.REFUND_REQUESTED
    assert message.data == {**data, "reason": "staff", "n": 2}


@pytest.mark.parametrize("refund_id", [None, 9])
def test_a_settled_order_names_a_direct_refund(refund_id: int | None) -> None:
    message = events.order_settled(17, 501, "kept", refund_id)

    data = {"order_id": 17, "payment_id": 501, "outcome": "kept"}
    assert message.type == Event.ORDER_SETTLED
    assert message.data == ({**data, "refund_id": 9} if refund_id else data)
