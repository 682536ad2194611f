"""Classification of replies by the order's current state.

A reply can be one of several triggers: a capture is the order's own payment or an
extra one. A `classify_` function returns the trigger.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chassis.errors import Conflict
from chassis.state_machine import Trigger
from order_svc.managers.placing import is_payable
from order_svc.models import Order, OrderState, OrderTrigger

# The sources of triggers.
ORDER_SVC = "order-svc"
PAYMENT_SVC = "payment-svc"
PRODUCT_SVC = "product-svc"

Data = Mapping[str, Any]


class Mismatch(Conflict):
    """A capture or link that differs from the order: for review by staff."""


def is_message(trigger: Trigger) -> bool:
    """Return whether the trigger came through a queue."""
    return trigger.source == PAYMENT_SVC


def classify_reservation(order: Order, total: Decimal) -> OrderTrigger:
    """Return RESERVED, or OUT_OF_RANGE for a total that cannot be paid."""
    if order.state != OrderState.PLACED or is_payable(total):
        return OrderTrigger.RESERVED
    return OrderTrigger.OUT_OF_RANGE


def classify_capture(order: Order, data: Data, *, is_refunded: bool) -> OrderTrigger:
    """Return CAPTURED for the order's own payment, EXTRA_CAPTURED for another.

    `is_refunded`: the saga has refunded this payment already. Raises Mismatch.
    """
    if order.payment_id == data["payment_id"] or is_refunded:
        return OrderTrigger.CAPTURED
    _check_amount(order, data)
    is_first = order.payment_id is None
    return OrderTrigger.CAPTURED if is_first else OrderTrigger.EXTRA_CAPTURED


def _check_amount(order: Order, data: Data) -> None:
    """Raise Mismatch for an amount that is not the price, unless staff accepted it.

    An order without a price accepts any amount, and refunds all of it.
    """
    if data.get("accepted") or not order.total_price:
        return
    if (data["amount"], data["currency"]) != (order.total_price, order.currency):
        raise Mismatch(
            f"Payment {data['payment_id']} of order {order.id} is "
            f"{data['amount']} {data['currency']}, not "
            f"{order.total_price} {order.currency}."
        )


def check_link(order: Order, data: Data) -> None:
    """Raise Mismatch for a link that was not made for this order.

    Staff and integrators may create a link before its order exists. An older
    payment-svc sends no amount.
    """
    wanted = {
        "amount": order.total_price,
        "currency": order.currency,
        "user_id": order.user_id,
    }
    found = {name: data.get(name) for name in wanted}
    wrong = {n: v for n, v in found.items() if v is not None and v != wanted[n]}
    if wrong:
        raise Mismatch(
            f"The link for order {order.id} has "
            + ", ".join(
                f"{name} {value}, not {wanted[name]}" for name, value in wrong.items()
            )
            + "."
        )
