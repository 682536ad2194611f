"""Orders, created by the API or when a link's page is first opened."""

from typing import Any

from razorpay_sandbox.currencies import CURRENCIES, MINIMUM
from razorpay_sandbox.errors import UNKNOWN_ID, Refused
from razorpay_sandbox.ids import is_id, new_id
from razorpay_sandbox.json_body import is_integer
from razorpay_sandbox.models import Link, Order
from razorpay_sandbox.notes import read_notes
from razorpay_sandbox.unit_of_work import UnitOfWork

FIELDS = [
    "amount",
    "currency",
    "receipt",
    "notes",
    "partial_payment",
    "first_payment_min_amount",
    "payment",
    "payment_capture",
    "unique_receipt",
]


def get_or_create(work: UnitOfWork, link: Link) -> Order:
    """Return the order of a link; create it if the link has none yet."""
    if link.order_id is not None:
        return work.session.get_one(Order, link.order_id)
    order = work.add(
        Order(
            id=new_id("order"),
            amount=link.amount,
            currency=link.currency,
            receipt=link.reference_id or None,
            partial_payment=link.accept_partial,
            notes=link.notes,
            created_at=work.now,
        )
    )
    link.order_id = order.id
    return order


def create(work: UnitOfWork, data: dict[str, Any]) -> Order:
    """Create an order from a request body."""
    refuse_extra(data, FIELDS)
    notes, receipt = read_notes(data), read_receipt(data)
    amount, currency = _amount(data), _currency(data)
    if data.get("unique_receipt") is True and receipt:
        first = work.find(Order, receipt=receipt)
        if first is not None:
            return first
    order = Order(
        id=new_id("order"),
        amount=amount,
        currency=currency,
        receipt=receipt,
        partial_payment=data.get("partial_payment") is True,
        notes=notes,
        created_at=work.now,
    )
    return work.add(order)


def get(work: UnitOfWork, order_id: str) -> Order:
    """Return an order; raise Refused if it does not exist."""
    if not is_id("order", order_id):
        raise Refused(f"{order_id} is not a valid id")
    order = work.find(Order, id=order_id)
    if order is None:
        raise Refused(UNKNOWN_ID)
    return order


def refuse_extra(data: dict[str, Any], fields: list[str]) -> None:
    """Raise Refused if the request has unknown fields."""
    if extra := [key for key in data if key not in fields]:
        names = ", ".join(extra)
        raise Refused(f"{names} is/are not required and should not be sent")


def read_receipt(data: dict[str, Any]) -> str | None:
    """Return the receipt of a request, at most 40 characters, or None."""
    receipt = data.get("receipt")
    if receipt is None or receipt == "":
        return None
    if not isinstance(receipt, str):
        raise Refused("The receipt must be a string.", "receipt")
    if len(receipt) > 40:
        raise Refused("The receipt may not be greater than 40 characters.", "receipt")
    return receipt


def _amount(data: dict[str, Any]) -> int:
    amount = data.get("amount")
    if amount is None:
        raise Refused("The amount field is required.", "amount")
    if not is_integer(amount):
        raise Refused("The amount must be an integer.", "amount")
    if amount < MINIMUM:
        raise Refused("The amount must be at least INR 1.00", "amount")
    return int(amount)


def _currency(data: dict[str, Any]) -> str:
    currency = data.get("currency")
    if currency is None:
        raise Refused("The currency field is required.", "currency")
    if not isinstance(currency, str) or currency not in CURRENCIES:
        raise Refused("The currency is not supported.", "currency")
    return currency
