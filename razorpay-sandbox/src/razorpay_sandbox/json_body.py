"""Strict parsing of JSON request bodies."""

import json
import math
from typing import Any

from flask import request

from razorpay_sandbox.errors import ApiError

MAX_INT = 2**63 - 1


def read_object(error: ApiError) -> dict[str, Any]:
    """Return the request's JSON object ({} if empty); raise `error` if invalid."""
    raw = request.get_data()
    if not raw.strip():
        return {}
    try:
        value = json.loads(
            raw.decode(),
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_float,
            object_pairs_hook=_object,
        )
        json.dumps(value, ensure_ascii=False).encode()  # rejects lone surrogates
    except (ValueError, RecursionError):
        raise error from None
    if not isinstance(value, dict):
        raise error
    return value


def is_integer(value: object) -> bool:
    """Return whether the value is an integer; booleans are not integers."""
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) > MAX_INT:
        raise ValueError("number out of range")
    return number


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate key")
    return found
