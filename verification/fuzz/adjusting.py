"""Replaces values that fit their schema and would be refused nevertheless.

Only `next_cursor` is a cursor, a key belongs to one request, and a made-up ETag is
stale: each would be refused, whatever else the request holds. Products can be sorted by
relevance only to the words of `q`; a schema describes one parameter. For JSON Schema
5.0 is an integer, and no pattern can tell where a joiner is visible.
"""

import itertools
import os
import re
from collections.abc import MutableMapping
from typing import Any

from chassis.web import etag, idempotency
from chassis.web.fields import LONGEST_CURSOR

KEY, TAG = "Idempotency-Key", "If-Match"
BY_RELEVANCE = ("relevance", "-relevance")
_NONCHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
# Joiners, variation selectors, tags, and what is hidden beyond the first plane.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u180b-\u180f\u200c\u200d\ufe00-\ufe0f"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    f"\U000e0000-\U000e0fff{_NONCHARACTERS}]"
)
_numbers = itertools.count()


def path(given: Any, user_id: int | None) -> None:
    """Let customers address themselves: to them, other users do not exist."""
    if isinstance(given, dict) and user_id is not None and "user_id" in given:
        given["user_id"] = user_id


def query(given: Any, *, is_valid: bool) -> Any:
    """Return parameters without a made-up cursor, or a relevance to no words."""
    if not isinstance(given, dict):
        return given
    kept = {k: v for k, v in given.items() if k != "cursor" or not _is_cursor(v)}
    if "q" not in kept and kept.get("sort") in BY_RELEVANCE:
        del kept["sort"]
    return plain(kept) if is_valid else kept


def _is_cursor(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_CURSOR


def headers(given: MutableMapping[str, Any], *, is_valid: bool) -> None:
    """Give each request a key of its own, and let it match any version.

    Schemathesis sends an alphanumeric If-Match in some requests that it calls valid.
    """
    if _fits(given.get(KEY), idempotency.PATTERN):
        given[KEY] = f"{os.getpid()}-{next(_numbers)}"
    if TAG in given and (is_valid or _fits(given[TAG], etag.PATTERN)):
        given[TAG] = "*"


def _fits(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def plain(value: Any) -> Any:
    """Return a value of JSON with whole numbers as such, and visible characters."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _HIDDEN.sub("x", value) if isinstance(value, str) else value
