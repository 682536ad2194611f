"""The API under /v1, behind HTTP Basic."""

import base64
import binascii
import hmac

from flask import Blueprint, Flask, Response, current_app, request

from razorpay_sandbox.api import links, orders, payments, refunds
from razorpay_sandbox.errors import NO_ROUTE, NoRoute, Unauthorized

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def init_app(app: Flask) -> None:
    """Serve the API; whoever lacks the key learns nothing else."""
    blp = Blueprint("api", __name__, url_prefix="/v1")
    for part in (links, orders, payments, refunds):
        blp.register_blueprint(part.blp)
    blp.add_url_rule("/<path:anything>", view_func=_no_route, methods=VERBS)
    app.register_blueprint(blp)
    app.before_request(_require_key)


def _no_route(anything: str) -> Response:
    raise NoRoute(NO_ROUTE)


def _require_key() -> None:
    if request.path.startswith("/v1/") and not _has_key():
        raise Unauthorized("Authentication failed")


def _has_key() -> bool:
    settings = current_app.extensions["sandbox"].settings
    wanted = f"{settings.key_id}:{settings.key_secret}".encode()
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    # Razorpay takes the scheme's name in this spelling only.
    return scheme == "Basic" and hmac.compare_digest(given, wanted)
