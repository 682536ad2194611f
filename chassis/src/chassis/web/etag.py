"""ETags: a resource's version is the hash of its representation.

A condition that a change cannot check is refused: a guard never fails open.
"""

import hashlib
import re
from typing import Any, cast

from flask import Response, g, request
from werkzeug.http import parse_etags

from chassis import json
from chassis.errors import BadRequest, PreconditionFailed

SAFE = ("GET", "HEAD", "OPTIONS")
LONGEST = 1000  # characters of an If-Match
_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
PATTERN = rf"^(?:\*|{_TAG}[ \t]*(?:,[ \t]*(?:{_TAG}[ \t]*)?)*)$"
_IF_MATCH = re.compile(PATTERN)
_UNSUPPORTED = ("If-None-Match", "If-Unmodified-Since")


def of(representation: bytes) -> str:
    """Return the strong tag of a body, without quotes."""
    return hashlib.sha256(representation).hexdigest()[:32]


def add(response: Response) -> Response:
    """Add the ETag to a response."""
    response.set_etag(of(response.get_data()))
    return response


def add_to_list(response: Response) -> Response:
    """Add ETag and Cache-Control to a list; what depends on the caller is private.

    Caches may keep the list, and ask before each use whether it is still current.
    """
    whose = "private" if "caller" in g else "public"
    response.headers["Cache-Control"] = f"{whose}, no-cache"
    return add(response)


def answer_304(response: Response) -> Response:
    """Replace an answer whose version the client has by an empty 304."""
    if "HTTP_IF_NONE_MATCH" in request.environ and "ETag" in response.headers:
        return cast("Response", response.make_conditional(request))
    return response


def check_headers(*, is_guarded: bool) -> None:
    """Refuse the conditions of a change that are malformed or not supported.

    `is_guarded`: the view calls `check`.
    """
    if request.method in SAFE:
        return
    for name in _UNSUPPORTED if is_guarded else ("If-Match", *_UNSUPPORTED):
        if name in request.headers:
            raise BadRequest(
                f"This address does not support {name}.", code="precondition_invalid"
            )
    text = _if_match()
    if text is not None and not (len(text) <= LONGEST and _IF_MATCH.fullmatch(text)):
        raise BadRequest(
            "If-Match: * or ETags in double quotes, separated by commas, of "
            f"{LONGEST} characters at most.",
            code="precondition_invalid",
        )


def _if_match() -> str | None:
    lines = request.headers.getlist("If-Match")
    return ",".join(lines).strip(" \t") if lines else None


def is_given() -> bool:
    """Return whether the request has an If-Match."""
    return _if_match() is not None


def check(representation: Any) -> None:
    """Raise PreconditionFailed when If-Match does not name the current version.

    `representation` is what a GET of the resource returns now, before JSON; None when
    there is no resource. The view must be `guarded`.
    """
    text = _if_match()
    if text is None:
        return
    is_there = representation is not None
    if not is_there or not parse_etags(text).contains(of(json.dumps(representation))):
        raise PreconditionFailed(
            "The resource has changed since you read it; read it again."
        )
