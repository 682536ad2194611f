"""The filters of the list of users, each a condition by the value it is given."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import or_

from user_svc.models import User


def _contains(text: str) -> Any:
    return or_(
        User.name.icontains(text, autoescape=True),
        User.email.icontains(text, autoescape=True),
    )


def _created_from(moment: datetime) -> Any:
    return User.created_at >= moment


def _created_to(moment: datetime) -> Any:
    return User.created_at <= moment


FILTERS: dict[str, Callable[[Any], Any]] = {
    "q": _contains,
    "role": lambda role: User.role == role,
    "is_active": lambda flag: User.is_active.is_(flag),
    "created_from": _created_from,
    "created_to": _created_to,
}
