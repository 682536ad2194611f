"""The simulated bank: payment instruments, references, declines and fees."""

import secrets
from typing import Any

from razorpay_sandbox.ids import digits, new_id

METHODS = ("upi", "card", "netbanking")
CARD_FREE_OF_TAX_UP_TO = 200_000
TEMPORARY = (
    "Payment was unsuccessful due to a temporary issue. If amount got deducted, it"
    " will be refunded within 5-7 working days."
)
NO_ACQUIRER_DATA: dict[str, dict[str, None]] = {
    "upi": {"rrn": None},
    "card": {"auth_code": None},
    "netbanking": {"bank_transaction_id": None},
}
DECLINES = {
    "upi": (TEMPORARY, "gateway", "payment_response"),
    "card": ("Payment failed", "gateway", "payment_authorization"),
    "netbanking": ("Payment failed", "bank", "payment_authorization"),
}


def instrument(method: str, *, declined: bool = False) -> dict[str, Any]:
    """Return one of Razorpay's test instruments: a UPI address, card or bank."""
    return {
        "bank": "HDFC" if method == "netbanking" else None,
        "vpa": f"{'failure' if declined else 'success'}@razorpay"
        if method == "upi"
        else None,
        "card": _card() if method == "card" else None,
    }


def _card() -> dict[str, Any]:
    return {
        "id": new_id("card"),
        "entity": "card",
        "name": "",
        "last4": "1007",
        "network": "Visa",
        "type": "debit",
        "issuer": None,
        "international": False,
        "emi": False,
        "sub_type": "consumer",
        "token_iin": None,
    }


def acquirer_data(method: str) -> dict[str, Any]:
    """Return the bank's reference for an authorized payment."""
    if method == "upi":
        transaction = secrets.token_hex(16).upper()
        return {"rrn": digits(12), "upi_transaction_id": transaction}
    if method == "card":
        return {"auth_code": digits(6)}
    return {"bank_transaction_id": digits(7)}


def decline(method: str) -> dict[str, Any]:
    """Return the error of a payment that the bank declined."""
    description, source, step = DECLINES[method]
    return {
        "code": "BAD_REQUEST_ERROR",
        "description": description,
        "source": source,
        "step": step,
        "reason": "payment_failed",
    }


def fee_and_tax(method: str, amount: int) -> tuple[int, int]:
    """Return Razorpay's fee including tax, and the tax: 2 % plus 18 % GST on it."""
    fee = (2 * amount + 50) // 100
    free = method == "card" and amount <= CARD_FREE_OF_TAX_UP_TO
    tax = 0 if free else (18 * fee + 50) // 100
    return fee + tax, tax
