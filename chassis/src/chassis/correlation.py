"""Correlation ids: accepted or created per request, sent on with calls and messages."""

import re
import uuid
from contextvars import ContextVar
from typing import Any

from flask import Flask, Response

HEADER = "X-Correlation-ID"
_VALID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_current: ContextVar[str] = ContextVar("correlation_id", default="")


def current() -> str:
    """Return the current correlation id; create one when there is none."""
    return _current.get() or use(None)


def use(candidate: str | None) -> str:
    """Set the current id: the candidate when it is well formed, else a new one."""
    known = candidate if candidate and _VALID.fullmatch(candidate) else None
    chosen = known or str(uuid.uuid4())
    _current.set(chosen)
    return chosen


def _accepting(wsgi_app: Any) -> Any:
    """Wrap a WSGI app: requests refused before any Flask hook have an id, too."""

    def accept(environ: dict[str, Any], start_response: Any) -> Any:
        before = _current.set("")
        try:
            use(environ.get("HTTP_" + HEADER.upper().replace("-", "_")))
            return wsgi_app(environ, start_response)
        finally:
            _current.reset(before)

    return accept


def init_app(app: Flask) -> None:
    """Accept the id of each request and return it on each response."""
    app.wsgi_app = _accepting(app.wsgi_app)  # type: ignore[method-assign]

    @app.after_request
    def _return(response: Response) -> Response:
        response.headers[HEADER] = current()
        return response
