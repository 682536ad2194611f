"""The messages that the order service publishes, one constructor each."""

from collections.abc import Callable
from typing import Any

from chassis.json import timestamp
from order_svc.models import Event, Order, OrderRefund, OrderState, Outbox

QUEUE = "payment-commands"
SOURCE = "/order-svc"


def _message(event: Event, order_id: int, data: dict[str, Any]) -> Outbox:
    data = {"order_id": order_id, **data}
    return Outbox.event(QUEUE, SOURCE, event, f"orders/{order_id}", data)


def payment_requested(order: Order) -> Outbox:
    """Request a payment link for an order whose stock is reserved."""
    customer = {"name": order.customer_name, "email": order.customer_email}
    if order.customer_phone:
        customer["phone"] = order.customer_phone
    return _message(
        Event.PAYMENT_REQUESTED,
        order.id,
        {
            "user_id": order.user_id,
            "amount": f"{order.total_price:.2f}",
            "currency": order.currency,
            "customer": customer,
            "placed_at": timestamp(order.created_at),
        },
    )


def payment_close_requested(order: Order) -> Outbox:
    """Request that the order's link is closed and its payment's state reported."""
    is_cancel = order.state == OrderState.CANCELLING
    return _message(
        Event.PAYMENT_CLOSE_REQUESTED,
        order.id,
        {
            "user_id": order.user_id,
            "amount": f"{order.total_price:.2f}",
            "currency": order.currency,
            "reason": "cancelled" if is_cancel else "expired",
        },
    )


def refund_requested(refund: OrderRefund) -> Outbox:
    """Request a refund of one payment; `rest` marks one of all that is left.

    A repeated request has the correlation id of the first one.
    """
    data: dict[str, Any] = {
        "payment_id": refund.payment_id,
        "amount": f"{refund.amount:.2f}",
        "reason": str(refund.reason),
        "n": refund.n,
    }
    if refund.is_rest:
        data["rest"] = True
    if refund.note:
        data["note"] = refund.note
    if refund.by_admin:
        data["by_admin"] = True
    message = _message(Event.REFUND_REQUESTED, refund.order_id, data)
    message.correlation_id = refund.correlation_id or message.correlation_id
    return message


def order_settled(
    order_id: int, payment_id: int, outcome: str, refund_id: int | None = None
) -> Outbox:
    """Publish the outcome of a capture, or acknowledge a refund not requested here."""
    data: dict[str, Any] = {"payment_id": payment_id, "outcome": outcome}
    if refund_id is not None:
        data["refund_id"] = refund_id
    return _message(Event.ORDER_SETTLED, order_id, data)


# The messages that need no more than the order.
MESSAGES: dict[Event, Callable[[Order], Outbox]] = {
    Event.PAYMENT_REQUESTED: payment_requested,
    Event.PAYMENT_CLOSE_REQUESTED: payment_close_requested,
}
