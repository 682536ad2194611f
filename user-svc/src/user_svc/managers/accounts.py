"""An account as the steps look at it before they hash: a row, no object to change."""

from typing import Protocol

from sqlalchemy import select

from user_svc.models import User


class Account(Protocol):
    """What signing in and confirming look at: a row of these columns."""

    id: int
    name: str
    email: str
    password_hash: str | None
    is_active: bool


ACCOUNT = select(User.id, User.name, User.email, User.password_hash, User.is_active)
