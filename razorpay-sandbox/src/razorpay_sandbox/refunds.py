"""Refunds of captured payments, by the API or from the dashboard."""

from typing import Any

from razorpay_sandbox import webhooks
from razorpay_sandbox.currencies import MINIMUM
from razorpay_sandbox.errors import UNKNOWN_ID, Refused, Unexplained
from razorpay_sandbox.ids import digits, is_id, new_id
from razorpay_sandbox.json_body import is_integer
from razorpay_sandbox.models import Payment, Refund
from razorpay_sandbox.notes import read_notes
from razorpay_sandbox.orders import read_receipt, refuse_extra
from razorpay_sandbox.unit_of_work import UnitOfWork

FIELDS = ["amount", "speed", "notes", "receipt"]
SPEEDS = ("normal", "optimum")


def create(work: UnitOfWork, payment: Payment, data: dict[str, Any]) -> Refund:
    """Refund an amount in paise, by default all that is left.

    As in Razorpay's test mode, the refund is `processed` at once. The event
    `refund.created` shows the refund before that: pending, without a bank reference.
    """
    refuse_extra(data, FIELDS)
    amount = _amount(payment, data)
    refund = _begin(work, payment, amount, data)
    process(work, refund)
    return refund


def create_in_dashboard(
    work: UnitOfWork, payment: Payment, amount: int | None, comment: str = ""
) -> Refund:
    """Refund as the dashboard does: without a receipt, and with no notes but a comment.

    An authorized payment is returned whole without being captured, as Razorpay does
    itself when a payment is not captured in time. The refund is still pending.
    """
    if payment.status == "authorized":
        amount = payment.amount
    else:
        amount = _amount(payment, {} if amount is None else {"amount": amount})
    data = {"notes": {"comment": comment}} if comment else {}
    return _begin(work, payment, amount, data)


def process(work: UnitOfWork, refund: Refund) -> None:
    """Let the bank pay a refund."""
    refund.status = "processed"
    refund.acquirer_data = {"arn": digits(14)}
    payment = work.session.get_one(Payment, refund.payment_id)
    webhooks.refund_event(work, "refund.processed", refund, payment)


def fail(work: UnitOfWork, refund: Refund) -> None:
    """Let the bank refuse a refund; the money is the merchant's again."""
    refund.status = "failed"
    payment = work.session.get_one(Payment, refund.payment_id)
    payment.amount_refunded -= refund.amount
    payment.status = "captured" if payment.captured else "authorized"
    webhooks.refund_event(work, "refund.failed", refund, payment)


def check_balance(low_balance: str | None) -> None:
    """Raise Unexplained with these words when the merchant's balance is too low."""
    if low_balance is not None:
        raise Unexplained(low_balance)


def _begin(
    work: UnitOfWork, payment: Payment, amount: int, data: dict[str, Any]
) -> Refund:
    refund = work.add(_new_refund(work, payment, amount, data))
    payment.amount_refunded += amount
    if payment.amount_refunded == payment.amount:
        payment.status = "refunded"
    webhooks.refund_event(work, "refund.created", refund, payment)
    return refund


def _new_refund(
    work: UnitOfWork, payment: Payment, amount: int, data: dict[str, Any]
) -> Refund:
    return Refund(
        id=new_id("rfnd"),
        payment_id=payment.id,
        amount=amount,
        currency=payment.currency,
        receipt=_receipt(work, payment, data),
        notes=read_notes(data),
        acquirer_data={"arn": None},
        speed_requested=_speed(data),
        speed_processed="normal",
        created_at=work.now,
    )


def _amount(payment: Payment, data: dict[str, Any]) -> int:
    _refuse_unpaid(payment)
    left = payment.amount - payment.amount_refunded
    amount = data.get("amount", left)
    if amount is None or amount == 0:
        raise Refused("Amount cannot be blank.", "amount")
    if not is_integer(amount):
        raise Refused("The amount must be an integer.", "amount")
    if amount < min(MINIMUM, left):
        raise Refused("The amount must be at least INR 1.00.", "amount")
    if amount > left:
        text = "The refund amount provided is greater than amount captured."
        raise Refused(text, "amount")
    return int(amount)


def _refuse_unpaid(payment: Payment) -> None:
    if payment.status == "refunded":
        raise Refused("The payment has been fully refunded already.")
    if payment.status != "captured":
        text = "The payment status should be captured for action to be taken."
        raise Refused(text)


def _receipt(work: UnitOfWork, payment: Payment, data: dict[str, Any]) -> str | None:
    receipt = read_receipt(data)
    if receipt and work.find(Refund, payment_id=payment.id, receipt=receipt):
        raise Refused("Duplicate receipt found for this refund request.", "receipt")
    return receipt


def _speed(data: dict[str, Any]) -> str:
    speed = data.get("speed")
    if speed is not None and speed not in SPEEDS:
        raise Refused("The selected speed is invalid.", "speed")
    return str(speed or "normal")


def get(work: UnitOfWork, refund_id: str) -> Refund:
    """Return a refund; raise Refused if it does not exist."""
    if not is_id("rfnd", refund_id):
        raise Refused(f"{refund_id} is not a valid id")
    refund = work.find(Refund, id=refund_id)
    if refund is None:
        raise Refused(UNKNOWN_ID)
    return refund
