"""The errors of the services, with sentences for clients, and their HTTP responses.

Every answer that is not a success is RFC 9457 `application/problem+json`.
"""

from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from chassis import correlation, logging

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_timeout",
    409: "conflict",
    410: "gone",
    412: "precondition_failed",
    413: "too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    417: "expectation_failed",
    422: "validation_failed",
    429: "rate_limited",
    431: "too_large",
    500: "internal_error",
    501: "not_implemented",
    503: "unavailable",
}
SENTENCES = {
    404: "There is no resource at this address.",
    405: "This address does not support this method.",
    413: "The body is larger than this address accepts.",
    500: "An internal error occurred; search the logs for the correlation id.",
}


class Problem(Exception):
    """An error with a sentence for the client.

    `code` is stable and machine-readable; `extra` members and `headers` are added to
    the response.
    """

    status = 500

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or CODES[self.status]
        self.headers = headers or {}
        self.extra = extra


class BadRequest(Problem):
    """The request cannot be understood."""

    status = 400


class Unauthorized(Problem):
    """The request has no valid credentials."""

    status = 401

    def __init__(self, detail: str, **more: Any) -> None:
        more.setdefault("headers", {"WWW-Authenticate": 'Bearer realm="shop"'})
        super().__init__(detail, **more)


class Forbidden(Problem):
    """The caller is authenticated but not allowed to do this."""

    status = 403


class NotFound(Problem):
    """The resource does not exist, or is not visible to this caller."""

    status = 404


class Conflict(Problem):
    """The state of the resource does not allow this."""

    status = 409


class Gone(Problem):
    """The resource existed and is gone."""

    status = 410


class PreconditionFailed(Problem):
    """The resource has changed since the caller read it."""

    status = 412


class TooLarge(Problem):
    """The body is larger than this address accepts."""

    status = 413


class UnsupportedMediaType(Problem):
    """The body is of a type that this address does not read."""

    status = 415


class Unprocessable(Problem):
    """Fields are wrong: `errors` = {dotted path: [messages]}."""

    status = 422


class TooManyRequests(Problem):
    """The caller has to wait."""

    status = 429


class Unavailable(Problem):
    """A dependency is unavailable; a later retry may succeed."""

    status = 503

    def __init__(self, detail: str, **more: Any) -> None:
        more.setdefault("headers", {"Retry-After": "2"})
        super().__init__(detail, **more)


def document(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """Return the members of a problem document."""
    return {
        "type": f"urn:shop:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "correlation_id": correlation.current(),
        **extra,
    }


def answer(
    status: int,
    code: str,
    detail: str,
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem document as a response."""
    response = Response(
        orjson.dumps(
            document(status, code, detail, instance=request.path, **(extra or {}))
        ),
        status,
        mimetype="application/problem+json",
    )
    response.headers.extend(headers or {})
    return response


def problem_response(problem: Problem) -> Response:
    """Return a problem's response."""
    return answer(
        problem.status, problem.code, problem.detail, problem.extra, problem.headers
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=error.get_headers())
    allow = error.get_response().headers.get("Allow")
    detail = SENTENCES.get(status) or error.description or HTTPStatus(status).phrase
    headers = {"Allow": allow} if allow else None
    return answer(status, CODES.get(status, "bad_request"), detail, None, headers)


def _database(error: Exception) -> Response:
    logging.get().warning("database unavailable", error=str(error)[:300])
    return problem_response(Unavailable("The database does not answer right now."))


def _value(error: Exception) -> Response:
    # The schemas should have refused this value: this is a bug of the service.
    logging.get().error("value refused by the database", error=str(error)[:300])
    return answer(422, "validation_failed", "A value is out of range.", {"errors": {}})


def _integrity(error: Exception) -> Response:
    logging.get().warning("constraint refused a change", error=str(error)[:300])
    return answer(409, "conflict", "The change contradicts what is stored.")


def _unexpected(error: Exception) -> Response:
    logging.get().error("unexpected error", exc_info=error)
    return answer(500, CODES[500], SENTENCES[500])


HANDLERS: dict[type[Exception], Any] = {
    Problem: problem_response,
    HTTPException: _http,
    OperationalError: _database,
    InterfaceError: _database,
    PoolTimeout: _database,
    DataError: _value,
    OverflowError: _value,
    UnicodeEncodeError: _value,
    IntegrityError: _integrity,
    Exception: _unexpected,
}


def init_app(app: Flask) -> None:
    """Answer every error, Flask's own included, with a problem document."""
    for error, handler in HANDLERS.items():
        app.register_error_handler(error, handler)
