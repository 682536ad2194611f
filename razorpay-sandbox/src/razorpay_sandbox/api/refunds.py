"""Refunds: /v1/refunds."""

from flask import Blueprint, Response

from razorpay_sandbox import entities, orders, refunds
from razorpay_sandbox.api.common import answer_collection, list_page, read_body, sandbox
from razorpay_sandbox.api.payments import answer_refund
from razorpay_sandbox.errors import Refused, answer
from razorpay_sandbox.models import Refund
from razorpay_sandbox.notes import read_notes

blp = Blueprint("refunds", __name__, url_prefix="/refunds")


@blp.post("/")
def create() -> Response:
    """Refund the payment given in `payment_id`."""
    data = read_body()
    payment_id = data.pop("payment_id", None)
    if not isinstance(payment_id, str):
        raise Refused("The payment id field is required.", "payment_id")
    return answer_refund(payment_id, data)


@blp.get("/")
def search() -> Response:
    """List refunds."""
    with sandbox().work() as work:
        return answer_collection(list_page(work, Refund, []), entities.refund)


@blp.get("/<refund_id>")
def fetch(refund_id: str) -> Response:
    """Fetch a refund."""
    with sandbox().work() as work:
        return answer(entities.refund(refunds.get(work, refund_id)))


@blp.patch("/<refund_id>")
def edit(refund_id: str) -> Response:
    """Update a refund's notes."""
    data = read_body()
    with sandbox().work() as work:
        refund = refunds.get(work, refund_id)
        orders.refuse_extra(data, ["notes"])
        refund.notes = read_notes(data)
        return answer(entities.refund(refund))
