"""Razorpay's error bodies: each of its backends answers in a shape of its own."""

import json
import logging
from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

BAD_REQUEST = "BAD_REQUEST_ERROR"
NO_ID = "The id provided does not exist"
NO_ROUTE = "The requested URL was not found on the server."
NO_REASON: dict[str, Any] = dict.fromkeys(("source", "step", "reason"), "NA") | {
    "metadata": {}
}
INVALID_INPUT = {
    "source": "business",
    "step": "payment_initiation",
    "reason": "input_validation_failed",
    "metadata": {},
}
log = logging.getLogger(__name__)


class ApiError(Exception):
    """What the API answers instead of an entity."""

    status = 400
    details: dict[str, Any] = {}  # noqa: RUF012 - each shape has its own, unchanged

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description

    def body(self) -> dict[str, Any]:
        """Return the whole JSON body."""
        error = {"code": BAD_REQUEST, "description": self.description}
        return {"error": error | self.details}


class LinkError(ApiError):
    """Shape B, of the payment links' backend."""

    details = {"metadata": [], "reason": None, "source": None, "step": None}  # noqa: RUF012


class Refused(ApiError):
    """Shape A, of the backend of orders, payments and refunds."""

    details = INVALID_INPUT

    def __init__(self, description: str, field: str | None = None) -> None:
        super().__init__(description)
        if field is not None:
            self.details = INVALID_INPUT | {"field": field}


class Unauthorized(ApiError):
    """Shape C, of the gateway."""

    status = 401


class NoRoute(ApiError):
    """Shape A without a reason: there is nothing at that address."""

    details = NO_REASON


class KeyConflict(ApiError):
    """Shape D, of the refunds' idempotency layer."""

    status = 409
    details = NO_REASON


def answer(body: Any, status: int = 200, *, sort_keys: bool = False) -> Response:
    """Return JSON, its keys in the given or in alphabetical order."""
    text = json.dumps(
        body, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys
    )
    return Response(text, status, content_type="application/json")


def init_app(app: Flask) -> None:
    """Answer every error of the API as Razorpay does."""
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _server_error)


def _api_error(error: ApiError) -> Response:
    return answer(error.body(), error.status)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith("/control"):
        return answer({"error": error.description}, error.code or 400)
    if not request.path.startswith("/v1/"):
        return render_template("message.html", error=error), error.code or 400
    if error.code in (404, 405):
        return _api_error(NoRoute(NO_ROUTE))
    body = Refused(error.description or error.name).body()
    return answer(body, error.code or 400)


def _server_error(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    text = "We are facing some trouble completing your request at the moment."
    return answer({"error": {"code": "SERVER_ERROR", "description": text}}, 500)
