"""ETags: a resource's version is the hash of its representation."""

import hashlib
from typing import Any

from flask import Response, request

from chassis import json
from chassis.errors import PreconditionFailed


def of(representation: bytes) -> str:
    """Return the strong tag of a body, without quotes."""
    return hashlib.sha256(representation).hexdigest()[:32]


def add(response: Response) -> Response:
    """Add the ETag to a response; answer 304 when the client has this version."""
    response.set_etag(of(response.get_data()))
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response


def check(representation: Any) -> None:
    """Raise PreconditionFailed when If-Match does not name the current version.

    `representation` is what a GET of the resource returns now, before JSON.
    """
    wanted = request.if_match
    if wanted and not wanted.contains(of(json.dumps(representation))):
        raise PreconditionFailed(
            "The resource has changed since you read it; read it again."
        )
