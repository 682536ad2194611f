"""Disputes: /v1/disputes."""

from flask import Blueprint, Response, request

from razorpay_sandbox import disputes
from razorpay_sandbox.api.common import answer_collection, list_page, sandbox
from razorpay_sandbox.errors import Refused, answer
from razorpay_sandbox.models import Dispute

blp = Blueprint("disputes", __name__, url_prefix="/disputes")
EXPANDABLE = ("payment", "transaction.settlement")


@blp.get("/")
def search() -> Response:
    """List disputes."""
    _check_expand()
    with sandbox().work() as work:
        return answer_collection(list_page(work, Dispute, []), disputes.entity)


@blp.get("/<dispute_id>")
def fetch(dispute_id: str) -> Response:
    """Fetch a dispute."""
    _check_expand()
    with sandbox().work() as work:
        return answer(disputes.entity(disputes.get(work, dispute_id)))


def _check_expand() -> None:
    for number, name in enumerate(request.args.getlist("expand[]")):
        if name not in EXPANDABLE:
            known = ", ".join(EXPANDABLE)
            text = f"Value of each expand must be one of following types: {known}"
            raise Refused(text, f"expand.{number}")
