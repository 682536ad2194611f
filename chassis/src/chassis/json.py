"""JSON: parsed strictly, written by orjson.

Plain Flask accepts NaN, duplicate keys and UTF-16, and answers 500 to deep nesting and
to lone surrogates.
"""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from flask.json.provider import JSONProvider

from chassis.errors import BadRequest


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is too large")
    return number


def loads(raw: bytes) -> Any:
    """Parse one JSON text in UTF-8, or raise BadRequest (`malformed_json`)."""
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        if b"\\u" in raw:  # only an escape can bring a lone surrogate
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as wrong:
        why = "too deeply nested" if isinstance(wrong, RecursionError) else str(wrong)
        raise BadRequest(
            f"The body is not valid JSON: {why[:200]}.", code="malformed_json"
        ) from None
    return value


def _default(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> bytes:
    """Write JSON in UTF-8: datetimes as RFC 3339 with Z, decimals as strings."""
    return orjson.dumps(
        value, default=_default, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    )


def timestamp(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC with Z."""
    return moment.isoformat().replace("+00:00", "Z")


class Provider(JSONProvider):
    """Flask's JSON through the two functions above."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write JSON as text."""
        return dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse strictly."""
        return loads(s.encode() if isinstance(s, str) else s)
