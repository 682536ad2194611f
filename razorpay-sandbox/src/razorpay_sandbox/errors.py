"""Razorpay's error bodies; each of its backends has its own shape."""

import json
import logging
from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

BAD_REQUEST = "BAD_REQUEST_ERROR"
UNKNOWN_ID = "The id provided does not exist"
UNKNOWN_URL = "The requested URL was not found on the server."
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
    """An error response of the API."""

    status = 400
    details: dict[str, Any] = {}  # noqa: RUF012 - never mutated

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description

    def body(self) -> dict[str, Any]:
        """Return the whole JSON body."""
        error = {"code": BAD_REQUEST, "description": self.description}
        return {"error": error | self.details}


class LinkError(ApiError):
    """An error of the payment links backend (shape B)."""

    details = {"metadata": [], "reason": None, "source": None, "step": None}  # noqa: RUF012


class Refused(ApiError):
    """An error of the orders, payments and refunds backend (shape A)."""

    details = INVALID_INPUT

    def __init__(self, description: str, field: str | None = None) -> None:
        super().__init__(description)
        if field is not None:
            self.details = INVALID_INPUT | {"field": field}


class Unauthorized(ApiError):
    """The API key is missing or wrong (shape C, the API gateway)."""

    status = 401


class UnknownUrl(ApiError):
    """The URL does not exist (shape A without a reason)."""

    details = NO_REASON


class Unexplained(ApiError):
    """A request is refused without a reason (shape A without one)."""

    details = NO_REASON


class KeyConflict(ApiError):
    """The idempotency key of a refund is in use (shape D)."""

    status = 409
    details = NO_REASON


def answer(body: Any, status: int = 200, *, sort_keys: bool = False) -> Response:
    """Return a JSON response, its keys in insertion or alphabetical order."""
    text = json.dumps(
        body, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys
    )
    return Response(text, status, content_type="application/json")


def init_app(app: Flask) -> None:
    """Register handlers that answer errors in Razorpay's shapes."""
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ParseException, _broken_body)
    app.register_error_handler(Exception, _server_error)


def _api_error(error: ApiError) -> Response:
    return answer(error.body(), error.status)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith("/control"):
        return answer({"error": error.description}, error.code or 400)
    if not request.path.startswith("/v1/"):
        return render_template("message.html", error=error), error.code or 400
    if error.code in (404, 405):
        return _api_error(UnknownUrl(UNKNOWN_URL))
    body = Refused(error.description or error.name).body()
    return answer(body, error.code or 400)


def _broken_body(_: ParseException) -> Response:
    """Refuse a body that gunicorn cannot read, such as broken chunks."""
    return _api_error(Refused("The request body is not valid."))


def _server_error(error: Exception) -> Response:
    log.error("unhandled exception", exc_info=error)
    text = "We are facing some trouble completing your request at the moment."
    return answer({"error": {"code": "SERVER_ERROR", "description": text}}, 500)
