"""What doors share: who is signed in, as the database has it now."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, cast

from flask import current_app, g

from chassis import api, auth
from chassis.db import reading
from chassis.errors import Forbidden, Unauthorized
from user_svc import passwords
from user_svc.config import Settings
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import User

View = Callable[..., Any]


def settings() -> Settings:
    """Return the service's settings."""
    return cast("Settings", current_app.extensions["settings"])


class Blueprint(api.Blueprint):
    """Routes that ask the database who a user is now, not only the token.

    A deactivated user gets 401 at once, one whose role was taken away 403.
    """

    def requires(self, *who: str) -> Callable[[View], View]:
        """Let only callers with one of the roles or scopes pass."""
        by_token = super().requires(*who)

        def decorator(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                _ask_database(who)
                return view(*args, **kwargs)

            return by_token(wrapper)

        return decorator


def _ask_database(who: tuple[str, ...]) -> None:
    caller = auth.caller()
    if caller.id is None:
        return
    with reading():
        user = db.session.get(User, caller.id)
        db.session.rollback()
    if user is None or not user.is_active:
        raise Unauthorized("This account is closed.")
    g.caller = replace(caller, role=user.role)
    if not any(g.caller.may(one) for one in who):
        raise Forbidden("You are signed in, but not allowed to do this.")


def me() -> User:
    """Return the signed-in user."""
    return UserManager(db.session).get_user(cast("int", auth.caller().id))


def with_password(email: str, password: str) -> User | None:
    """Return the active user of an e-mail and password, or None.

    It takes as long for an unknown e-mail, and holds no transaction meanwhile.
    """
    with reading():
        user = UserManager(db.session).find_by_email(email)
        kept = user.password_hash if user else passwords.NOBODY
        db.session.rollback()
    right = passwords.matches(kept, password)
    return user if right and user is not None and user.is_active else None


def is_my_password(password: str) -> bool:
    """Say whether this is the signed-in user's password; holds no transaction."""
    with reading():
        kept = me().password_hash
        db.session.rollback()
    return passwords.matches(kept, password)
