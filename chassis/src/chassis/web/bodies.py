"""Request bodies, read as their headers describe them and within limits.

A header that is not honoured is refused. The limits are checked before any value of a
body is made, so that a large body costs little time and memory.
"""

import codecs
import re
from itertools import accumulate
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from chassis import json
from chassis.errors import BadRequest, TooLarge, Unprocessable, UnsupportedMediaType

JSON = "application/json"
PLAIN = ("", "identity")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_VALUES, MOST_DEPTH, MOST_FIELDS = 5000, 32, 1000
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_A_MARK = bytes(set(range(256)) - set(b"[]{},"))


def require(*media_types: str) -> None:
    """Raise UnsupportedMediaType unless the headers describe a body of this type."""
    if request.mimetype not in media_types or _is_repeated(request.content_type or ""):
        raise UnsupportedMediaType(
            f"Send the body as Content-Type: {' or '.join(media_types)}."
        )
    if not _is_utf8(request.mimetype_params.get("charset", "utf-8")):
        raise UnsupportedMediaType("Send the body in UTF-8.")
    if request.headers.get("Content-Encoding", "").strip().lower() not in PLAIN:
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")


def _is_repeated(content_type: str) -> bool:
    """Return whether this is a list of types; a multipart boundary may have commas."""
    return "," in content_type and not content_type.startswith("multipart/")


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):  # a NUL raises ValueError
        return False


def read() -> bytes:
    """Return the body; a chunked body that is too large raises an error, too."""
    raw = request.get_data(cache=True)
    if request.content_length is None and len(raw) == request.max_content_length:
        raise RequestEntityTooLarge  # Werkzeug has cut a chunked body there
    return raw


def read_json() -> Any:
    """Return the value of a JSON body."""
    require(JSON)
    raw = read()
    _limit(raw)
    return json.loads(raw)


def _limit(raw: bytes) -> None:
    """Refuse a text of JSON that would make too many values, or too deep ones.

    Marks are counted in the whole text first, and without its strings if need be: a
    text may be full of commas.
    """
    if sum(map(raw.count, (b",", b"[", b"{"))) < MOST_DEPTH:
        return
    marks = _STRING.sub(b"", raw).translate(None, _NOT_A_MARK)
    steps = (STEPS.get(mark, 0) for mark in marks[: 2 * MOST_VALUES])
    if any(depth > MOST_DEPTH for depth in accumulate(steps)):
        raise BadRequest(
            f"The body is not valid JSON: nested more than {MOST_DEPTH} times.",
            code="malformed_json",
        )
    if sum(map(marks.count, (b",", b"[", b"{"))) > MOST_VALUES:
        message = f"Holds more than {MOST_VALUES} values."
        raise Unprocessable("1 field(s) are not valid.", errors={"body": [message]})


def check_form(*media_types: str) -> None:
    """Check the headers and the size of a form before its fields are read."""
    if not read():
        return
    require(*(media_types or FORMS))
    if request.mimetype == FORMS[0] and read().count(b"&") >= MOST_FIELDS:
        raise TooLarge(f"A form has at most {MOST_FIELDS} fields.")
