"""Refunds from the dashboard, and what the bank and the balance do to refunds."""

from flask import Blueprint, Response

from razorpay_sandbox import entities, refunds
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.control.common import ControlError, get, read_options
from razorpay_sandbox.errors import Refused, answer
from razorpay_sandbox.models import Payment, Refund

blp = Blueprint("control_refunds", __name__, url_prefix="/control")
# The words for a balance that is too low: today's, and those of 2024.
LOW_BALANCE = {
    "invalid": "invalid request sent",
    "balance": "Your account does not have enough balance to carry out the refund "
    "operation. You can add funds to your account from your Razorpay dashboard or "
    "capture new payments.",
}


@blp.post("/payments/<payment_id>/refund/")
def refund(payment_id: str) -> Response:
    """Refund a payment as in the dashboard: an amount, by default all that is left."""
    options = read_options("amount", "comment", "pending")
    comment, pending = options.get("comment", ""), options.get("pending", False)
    if not isinstance(comment, str) or not isinstance(pending, bool):
        raise ControlError("comment must be a text, pending true or false.")
    with sandbox().work() as work:
        payment, amount = get(work, Payment, payment_id), options.get("amount")
        try:
            made = refunds.create_in_dashboard(work, payment, amount, comment)
        except Refused as refusal:
            raise ControlError(refusal.description) from None
        if not pending:
            refunds.process(work, made)
        return answer(entities.refund(made))


@blp.post("/refunds/<refund_id>/<any(process, fail):end>/")
def end_refund(refund_id: str, end: str) -> Response:
    """End a pending refund: the bank pays it, or does not."""
    with sandbox().work() as work:
        found = get(work, Refund, refund_id)
        if found.status != "pending":
            raise ControlError(f"The refund is {found.status}; it has ended.")
        ends = {"process": refunds.process, "fail": refunds.fail}
        ends[end](work, found)
        return answer(entities.refund(found))


@blp.post("/balance/")
def balance() -> Response:
    """Refuse every refund of the API for a low balance; `{"low": null}` stops it."""
    low = read_options("low").get("low")
    if low is not None and low not in LOW_BALANCE:
        raise ControlError(f"low must be null or one of {', '.join(LOW_BALANCE)}.")
    sandbox().low_balance = LOW_BALANCE.get(low) if low else None
    return answer({"low": low})
