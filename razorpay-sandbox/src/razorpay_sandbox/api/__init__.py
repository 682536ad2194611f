"""The Razorpay API under /v1, protected by HTTP Basic authentication."""

import base64
import binascii
import hmac

from flask import Blueprint, Flask, Response, current_app, request

from razorpay_sandbox.api import (
    disputes,
    links,
    orders,
    payments,
    refunds,
    webhooks,
)
from razorpay_sandbox.errors import UNKNOWN_URL, Unauthorized, UnknownUrl

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def init_app(app: Flask) -> None:
    """Register the API; every request under /v1 must carry the API key."""
    blp = Blueprint("api", __name__, url_prefix="/v1")
    for part in (links, orders, payments, refunds, disputes, webhooks):
        blp.register_blueprint(part.blp)
    blp.add_url_rule("/<path:anything>", view_func=_unknown_url, methods=VERBS)
    app.register_blueprint(blp)
    app.before_request(_require_key)
    app.before_request(_check_account)


def _unknown_url(anything: str) -> Response:
    raise UnknownUrl(UNKNOWN_URL)


def _require_key() -> None:
    if request.path.startswith("/v1/") and not _has_key():
        raise Unauthorized("Authentication failed")


def _check_account() -> None:
    if request.path.startswith("/v1/"):
        current_app.extensions["sandbox"].account.check(request)


def _has_key() -> bool:
    settings = current_app.extensions["sandbox"].settings
    wanted = f"{settings.key_id}:{settings.key_secret}".encode()
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    # Razorpay accepts only this spelling of the scheme.
    return scheme == "Basic" and hmac.compare_digest(given, wanted)
