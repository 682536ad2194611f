"""The messages that the order service publishes, one constructor each."""

from typing import Any

from chassis.json import timestamp
from order_svc.models import Order, OrderRefund, OrderState, Outbox

QUEUE = "payment-commands"
SOURCE = "/order-svc"


def _event(kind: str, order_id: int, data: dict[str, Any]) -> Outbox:
    data = {"order_id": order_id, **data}
    return Outbox.event(QUEUE, SOURCE, kind, f"orders/{order_id}", data)


def payment_requested(order: Order) -> Outbox:
    """Say that an order has its stock and wants a payment link."""
    customer = {"name": order.customer_name, "email": order.customer_email}
    if order.customer_phone:
        customer["phone"] = order.customer_phone
    return _event(
        "payment.requested",
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
    """Ask to close the order's link and to say what is true."""
    is_cancel = order.state == OrderState.CANCELLING
    return _event(
        "payment.close_requested",
        order.id,
        {
            "user_id": order.user_id,
            "amount": f"{order.total_price:.2f}",
            "currency": order.currency,
            "reason": "cancelled" if is_cancel else "expired",
        },
    )


def refund_requested(refund: OrderRefund) -> Outbox:
    """Ask to send money of one payment back."""
    return _event(
        "refund.requested",
        refund.order_id,
        {
            "payment_id": refund.payment_id,
            "amount": f"{refund.amount:.2f}",
            "reason": str(refund.reason),
            "n": refund.n,
        },
    )


def order_settled(
    order_id: int, payment_id: int, outcome: str, refund_id: int | None = None
) -> Outbox:
    """Say what became of a capture, `kept` or `refund`; name a direct refund."""
    data: dict[str, Any] = {"payment_id": payment_id, "outcome": outcome}
    if refund_id is not None:
        data["refund_id"] = refund_id
    return _event("order.settled", order_id, data)
