"""Who makes the changes of this request, and by which operation."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context, request

LONGEST_ACTION = 120
_saga: ContextVar[bool] = ContextVar("saga_step", default=False)


@dataclass(frozen=True)
class Actor:
    """A member of staff (`user:17`) or a service (its client id), by API or panel."""

    name: str
    role: str
    source: str
    user_id: int | None = None
    email: str | None = None


@contextmanager
def saga_step() -> Iterator[None]:
    """Log no change that is made inside: the saga records its steps in timelines."""
    token = _saga.set(True)
    try:
        yield
    finally:
        _saga.reset(token)


def perform(action: str, row: Any = None) -> None:
    """Name the action of the following changes; the default is the API's operation.

    The action on an existing row is logged even if no logged column changes.
    """
    g.action, g.action_on = action, row


def current() -> Actor | None:
    """Return whose changes are logged; None for customers, strangers and the worker."""
    if not has_request_context() or _saga.get():
        return None
    who = g.get("staff") or g.get("caller")
    found: Actor | None = who.actor if who is not None else None
    return found


def subject() -> Any:
    """Return the row that the panel's action is performed on."""
    return g.get("action_on")


def action() -> str:
    """Return the panel's action, or the API's operation: `PUT /user/{user_id}/`."""
    path = str(request.url_rule).replace("<id:", "{").replace(">", "}")
    return str(g.get("action") or f"{request.method} {path}")[:LONGEST_ACTION]
