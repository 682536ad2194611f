"""The server's own refusals, as problem documents: no app has seen the request."""

from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response
from gunicorn.http import errors as gunicorn
from gunicorn.util import http_date

from chassis import correlation, errors, logging
from chassis.server.connections import SlowClient

STATUS: tuple[tuple[type[BaseException], int, str], ...] = (
    (SlowClient, 408, "The request did not arrive in time."),
    (gunicorn.LimitRequestLine, 414, "The address is longer than is accepted."),
    (gunicorn.LimitRequestHeaders, 431, "The headers are larger than is accepted."),
    (gunicorn.UnsupportedTransferCoding, 501, "The transfer coding is not supported."),
    (gunicorn.ExpectationFailed, 417, "The expectation is not supported."),
    (gunicorn.ForbiddenProxyRequest, 403, "This address may not forward requests."),
    (gunicorn.InvalidResponseHeader, 500, errors.SENTENCES[500]),
    (gunicorn.InvalidResponseHeaderName, 500, errors.SENTENCES[500]),
    (gunicorn.ConfigurationProblem, 500, errors.SENTENCES[500]),
    (gunicorn.NoMoreData, 400, "The request ended too early."),
    (gunicorn.InvalidChunkSize, 400, "The chunks of the body are not valid."),
    (gunicorn.ChunkMissingTerminator, 400, "The chunks of the body are not valid."),
    (gunicorn.InvalidChunkExtension, 400, "The chunks of the body are not valid."),
    (gunicorn.ParseException, 400, "The request is not valid HTTP/1.1."),
    (BaseException, 500, errors.SENTENCES[500]),
)


def init_app(app: Flask) -> None:
    """Answer what goes wrong while an app reads a body that is still arriving."""
    for kind in (SlowClient, gunicorn.ParseException):
        app.register_error_handler(kind, _broken_body)


def _broken_body(error: Exception) -> Response:
    status, detail = of(error)
    return errors.answer(status, errors.CODES[status], detail)


def of(error: BaseException) -> tuple[int, str]:
    """Return the status and the sentence for an error of the server."""
    return next((code, text) for kind, code, text in STATUS if isinstance(error, kind))


def refuse(req: Any, address: Any, error: Exception) -> bytes:
    """Log an error, and return the response to the client.

    `req` is None when the request could not be read. The text of the error is not
    logged, because it can hold a header's value.
    """
    status, detail = of(error)
    headers = dict(req.headers) if req else {}
    correlation.use(headers.get(correlation.HEADER.upper()))
    if status >= 500:
        logging.get().error("request failed in the server", exc_info=error)
    else:
        client = address[0] if address else ""
        reason = type(error).__name__
        logging.get().warning("refused", status=status, reason=reason, address=client)
    return answer(status, detail, req.path if req else "")


def answer(status: int, detail: str, path: str) -> bytes:
    """Return a whole response with a problem document."""
    known = {"instance": path} if path else {}
    body = orjson.dumps(errors.document(status, errors.CODES[status], detail, **known))
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *_headers(len(body))]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _headers(length: int) -> list[str]:
    fields = {
        "Date": http_date(),
        "Connection": "close",
        "Content-Type": "application/problem+json",
        "Content-Length": length,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        correlation.HEADER: correlation.current(),
    }
    return [f"{name}: {value}" for name, value in fields.items()]
