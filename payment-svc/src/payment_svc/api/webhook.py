"""Razorpay's webhook: verified, stored once and answered; the worker processes it."""

import re
from typing import Any

from flask import request
from flask.views import MethodView
from prometheus_client import Counter, Gauge

from chassis import clock, logging
from chassis.errors import TooLarge, Unauthorized
from chassis.failpoints import failpoint
from chassis.web import bodies, limits
from chassis.web.api import Blueprint
from payment_svc.config import Settings
from payment_svc.extensions import db
from payment_svc.managers import webhooks
from payment_svc.razorpay.signatures import SIGNATURE, is_signed
from payment_svc.razorpay.webhooks import read_webhook
from payment_svc.schemas import WebhookAnswerSchema

blp = Blueprint("webhook", __name__, url_prefix="/payments", description=__doc__)
MOST = 256 * 1024
RECEIVED = Counter(
    "razorpay_webhooks",
    "Verified webhooks, by the secret that signed them.",
    ["secret"],
)
LAST = Gauge(
    "razorpay_last_webhook_seconds",
    "When the last verified webhook came, in Unix seconds.",
    multiprocess_mode="max",
)
EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SCHEME = {"WWW-Authenticate": "X-Razorpay-Signature"}
BODY = {
    "requestBody": {
        "description": "An event of Razorpay; the signature covers the raw body.",
        "required": True,
        "content": {"application/json": {"schema": {}}},
    },
    "parameters": [
        {
            "name": "X-Razorpay-Signature",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": SIGNATURE},
        },
        {
            "name": "X-Razorpay-Event-Id",
            "in": "header",
            "description": "1..64 letters and digits; another value is ignored.",
            "required": False,
            "schema": {"type": "string"},
        },
    ],
}


@blp.route("/webhook/")
class Webhook(MethodView):
    """Razorpay's events."""

    @blp.limited(limits.SERVICE)
    @blp.public
    @blp.doc(**BODY)
    @blp.problems(_401="the signature is missing or wrong; nothing is stored", _415="")
    @blp.response(200, WebhookAnswerSchema)
    def post(self) -> Any:
        """Receive an event of Razorpay."""
        event_id, body = _event_id(), _body()
        _verify(body)
        bodies.require(bodies.JSON)
        failpoint("webhook.verified")
        row = webhooks.store(db.session, event_id, body, read_webhook(body))
        failpoint("webhook.before_commit")
        db.session.commit()
        failpoint("webhook.committed")
        logging.get().info("webhook received", is_new=row is not None)
        return {"status": "known" if row is None else "stored"}


def _body() -> bytes:
    request.max_content_length = MOST
    if (request.content_length or 0) > MOST:
        raise TooLarge("A webhook has 256 KiB at most.")
    return bodies.read()


def _verify(body: bytes) -> None:
    """Verify the raw body; retries of old events are signed with the old secret."""
    keys = Settings.current()
    given = request.headers.getlist("X-Razorpay-Signature")
    secrets = {
        "current": keys.razorpay_webhook_secret,
        "previous": keys.razorpay_webhook_secret_previous,
    }
    signed = (n for n, key in secrets.items() if is_signed(body, *given[:1], key))
    signer = next(signed, None) if len(given) == 1 else None
    if signer is None:
        raise Unauthorized("The signature is not Razorpay's.", headers=SCHEME)
    _count(signer)


def _count(signer: str) -> None:
    """Count a webhook by its secret; the previous one can go when it is unused."""
    RECEIVED.labels(signer).inc()
    LAST.set(clock.now().timestamp())
    if signer == "previous":
        logging.get().warning("webhook signed with the previous secret")


def _event_id() -> str | None:
    """Return the event's id, which the signature does not cover."""
    value = request.headers.get("X-Razorpay-Event-Id", "")
    return value if EVENT_ID.fullmatch(value) else None
