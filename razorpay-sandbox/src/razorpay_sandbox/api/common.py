"""Helpers that all API resources share: sandbox, list parameters, responses."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import ColumnElement

from razorpay_sandbox.entities import collection
from razorpay_sandbox.errors import ApiError, Refused, answer
from razorpay_sandbox.json_body import read_object
from razorpay_sandbox.sandbox import Sandbox
from razorpay_sandbox.unit_of_work import UnitOfWork

EARLIEST, LATEST = 946684800, 4765046400
MAX_SKIP = 2**31


def sandbox() -> Sandbox:
    """Return the Sandbox of the current app."""
    found: Sandbox = current_app.extensions["sandbox"]
    return found


def read_body() -> dict[str, Any]:
    """Return the JSON object in a request on orders, payments or refunds."""
    return read_object(Refused("The request body must be a JSON object."))


def list_page(
    work: UnitOfWork,
    table: Any,
    conditions: list[ColumnElement[bool]],
    error: Callable[[str, str], ApiError] = Refused,
) -> Any:
    """Return the rows selected by from, to, count and skip, newest first."""
    since = _number("from", EARLIEST, LATEST, None, error)
    until = _number("to", EARLIEST, LATEST, None, error)
    count = _number("count", 1, 100, 10, error) or 10
    skip = _number("skip", 0, MAX_SKIP, 0, error) or 0
    moments = []
    if since is not None:
        moments.append(table.created_at >= since)
    if until is not None:
        moments.append(table.created_at <= until)
    return work.page(table, [*conditions, *moments], count, skip)


def _number(
    name: str,
    least: int,
    most: int,
    default: int | None,
    error: Callable[[str, str], ApiError],
) -> int | None:
    text = request.args.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise error(f"The {name} must be an integer.", name)
    if int(text) > most:
        raise error(f"The {name} may not be greater than {most}.", name)
    if int(text) < least:
        raise error(f"The {name} must be at least {least}.", name)
    return int(text)


def is_expanded(name: str) -> bool:
    """Return whether the query contains `expand[]=<name>`."""
    return name in request.args.getlist("expand[]")


def answer_collection(rows: Any, shape: Callable[[Any], dict[str, Any]]) -> Response:
    """Return a collection of orders, payments or refunds as a response."""
    return answer(collection([shape(row) for row in rows]))
