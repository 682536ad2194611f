"""Change or delete a user, as the user or an admin: lock, check, change, log."""

from collections.abc import Collection
from typing import Any

from flask import Response

from chassis import logging
from chassis.web import auth, etag
from chassis.web.api import no_content
from user_svc import steps
from user_svc.api.access import session_id
from user_svc.extensions import db
from user_svc.managers import RIGHTS, UserManager
from user_svc.models import User
from user_svc.schemas import UserSchema


def change(user_id: int, fields: dict[str, Any]) -> User:
    """Change a user, commit, and return the user."""
    if auth.caller().id == user_id:
        steps.check_new_address(user_id, fields, session_id())
    fields.pop("current_password", None)
    users = UserManager(db.session)
    user = _lock(users, user_id, fields)
    before = _rights(user)
    users.change(user, fields)
    _log(user_id, before, _rights(user))
    db.session.commit()
    return user


def delete(user_id: int) -> Response:
    """Delete a user, commit, and return 204."""
    users = UserManager(db.session)
    user = _lock(users, user_id, RIGHTS)
    before = _rights(user)
    users.delete(user)
    _log(user_id, before, _rights(user))
    db.session.commit()
    return no_content()


def _lock(users: UserManager, user_id: int, fields: Collection[str]) -> User:
    user = users.lock(user_id, fields)
    etag.check(UserSchema().dump(user))
    return user


def _rights(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in sorted(RIGHTS)}


def _log(user_id: int, before: dict[str, Any], after: dict[str, Any]) -> None:
    if before != after:
        logging.get().info(
            "user rights changed",
            user_id=user_id,
            by=str(auth.caller()),
            before=before,
            after=after,
        )
