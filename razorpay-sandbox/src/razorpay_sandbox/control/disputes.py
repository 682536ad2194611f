"""Disputes, as customers' banks raise and decide them."""

from typing import Any

from flask import Blueprint, Response

from razorpay_sandbox import disputes
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.control.common import (
    ControlError,
    amount,
    get,
    read_options,
    text,
)
from razorpay_sandbox.errors import answer
from razorpay_sandbox.ids import is_id
from razorpay_sandbox.models import Dispute, Payment

blp = Blueprint("control_disputes", __name__, url_prefix="/control")


@blp.post("/payments/<payment_id>/dispute/")
def raise_dispute(payment_id: str) -> Response:
    """Raise a dispute about a payment.

    `phase`, `amount` and `reason` describe it; `payment_id` names a payment that the
    ledger does not have.
    """
    options = read_options("phase", "amount", "reason", "payment_id")
    with sandbox().work() as work:
        payment = get(work, Payment, payment_id)
        dispute = disputes.raise_dispute(
            work,
            payment,
            phase=text(options, "phase", "chargeback"),
            amount=amount(options, payment.amount),
            reason=text(options, "reason", "chargeback"),
            payment_id=_payment_id(options),
        )
        return answer(disputes.entity(dispute))


@blp.post("/disputes/<dispute_id>/")
def change_dispute(dispute_id: str) -> Response:
    """Change the status and the phase of a dispute, and send the event."""
    options = read_options("phase", "status")
    with sandbox().work() as work:
        dispute = get(work, Dispute, dispute_id)
        disputes.change(
            work,
            dispute,
            phase=text(options, "phase", dispute.phase),
            status=text(options, "status", dispute.status),
        )
        return answer(disputes.entity(dispute))


def _payment_id(options: dict[str, Any]) -> str | None:
    value = options.get("payment_id")
    if value is not None and not (isinstance(value, str) and is_id("pay", value)):
        raise ControlError("payment_id must be the id of a payment.")
    return value
