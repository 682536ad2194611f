"""Payments of another amount than their link's: a fee for the customer, an offer."""

from typing import Any

from razorpay_sandbox.ids import new_id
from razorpay_sandbox.json_body import is_integer
from razorpay_sandbox.models import Link, Payment

FIELDS = {"fee", "discount"}
GST = 18


def problem(options: dict[str, Any]) -> str | None:
    """Return what is wrong with the options of a payment, or None."""
    given = [name for name in (*sorted(FIELDS), "amount") if name in options]
    if len(given) > 1:
        return f"{' and '.join(given)} cannot be combined."
    for name in FIELDS & options.keys():
        if not is_integer(options[name]) or options[name] < 1:
            return f"{name} must be a positive integer in paise."
    return None


def amount(link: Link, options: dict[str, Any]) -> int:
    """Return what the customer pays, in paise: the fee is added, a discount is not."""
    due = options.get("amount") or link.due or link.amount
    return int(due + options.get("fee", 0) - options.get("discount", 0))


def mark(payment: Payment, options: dict[str, Any]) -> None:
    """Record on the payment who bears the fee, and its offer."""
    if fee := options.get("fee"):
        payment.fee_bearer, payment.fee = "customer", fee
        payment.tax = fee * GST // (100 + GST)
    if options.get("discount"):
        payment.offer_id = new_id("offer")
