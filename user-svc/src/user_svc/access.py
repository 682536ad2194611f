"""Who may call: the token says who it is, the database whether that still holds."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, cast

import jwt
from flask import current_app, g

import chassis.web.api
from chassis import config
from chassis.db import reading
from chassis.errors import Forbidden, Unauthorized
from chassis.web import auth
from user_svc.config import Settings
from user_svc.extensions import db
from user_svc.keyring import Keyring
from user_svc.managers import UserManager


def settings() -> Settings:
    """Return the current app's settings."""
    return cast("Settings", config.settings())


def keyring() -> Keyring:
    """Return what the current app's secret protects."""
    return cast("Keyring", current_app.extensions["keyring"])


class Blueprint(chassis.web.api.Blueprint):
    """The chassis' blueprint, whose `requires` asks the database as well."""

    def requires(self, *who: str) -> Callable[[Any], Any]:
        """Let only callers pass who have one of the roles or scopes now."""
        by_token = super().requires(*who)

        def decorator(view: Any) -> Any:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                _check_account(who)
                return view(*args, **kwargs)

            return by_token(wrapper)

        return decorator


def _check_account(who: tuple[str, ...]) -> None:
    caller = auth.caller()
    if caller.id is None:
        return
    with reading():  # a transaction of its own: the view may be long at its hashing
        role = UserManager(db.session).find_role(caller.id, session_id())
        db.session.rollback()
    if role is None:
        raise Unauthorized("This account or session is over; sign in again.")
    g.caller = replace(caller, role=role)
    if not any(g.caller.may(one) for one in who):
        raise Forbidden("You are signed in, but not allowed to do this.")


def session_id() -> int | None:
    """Return the session that the caller's token, already verified, was made in."""
    claims = jwt.decode(auth.bearer(), options={"verify_signature": False})
    sid = claims.get("sid")
    return int(sid) if sid is not None else None
