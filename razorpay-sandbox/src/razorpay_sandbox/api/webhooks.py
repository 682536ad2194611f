"""The registered webhooks: /v1/webhooks, which can only be listed."""

from typing import Any

from flask import Blueprint, Response

from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.entities import collection
from razorpay_sandbox.errors import answer

blp = Blueprint("webhooks", __name__, url_prefix="/webhooks")
EVENTS = (
    "payment.authorized",
    "payment.captured",
    "payment.failed",
    "payment.dispute.created",
    "payment.dispute.under_review",
    "payment.dispute.action_required",
    "payment.dispute.won",
    "payment.dispute.lost",
    "payment.dispute.closed",
    "order.paid",
    "payment_link.paid",
    "payment_link.partially_paid",
    "payment_link.expired",
    "payment_link.cancelled",
    "refund.created",
    "refund.processed",
    "refund.failed",
    "refund.speed_changed",
)


@blp.get("/")
def search() -> Response:
    """List the webhook of WEBHOOK_URL, with all events selected."""
    url = sandbox().webhook_url
    return answer(collection([_webhook(url)] if url else []))


def _webhook(url: str) -> dict[str, Any]:
    return {
        "id": "Sb0DemoWebhook",
        "entity": "webhook",
        "url": url,
        "secret_exists": True,
        "active": True,
        "events": dict.fromkeys(EVENTS, True),
    }
