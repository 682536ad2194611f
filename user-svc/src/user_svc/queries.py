"""SQL statements that belong to no manager."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, select

from chassis.folding import fold
from user_svc.models import User


class Account(Protocol):
    """A row of ACCOUNTS: plain values, which stay usable after the transaction."""

    id: int
    name: str
    email: str
    password_hash: str | None
    is_active: bool


ACCOUNTS = select(User.id, User.name, User.email, User.password_hash, User.is_active)


def contains(text: str) -> ColumnElement[bool]:
    """Match users whose name or address contains a text, without case and accents."""
    return User.folded.contains(fold(text), autoescape=True)


def _created_from(moment: datetime) -> ColumnElement[bool]:
    return User.created_at >= moment


def _created_to(moment: datetime) -> ColumnElement[bool]:
    return User.created_at <= moment


# The filters of the list of users: each returns the condition for a value.
USER_FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "q": contains,
    "role": lambda role: User.role == role,
    "is_active": lambda flag: User.is_active.is_(flag),
    "created_from": _created_from,
    "created_to": _created_to,
}
