"""Access control: the token names the caller, the database confirms the account."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import jwt
from flask import g

import chassis.web.api
from chassis.db import reading
from chassis.errors import Forbidden, Unauthorized
from chassis.web import auth
from user_svc.extensions import db
from user_svc.managers import UserManager

LOCKED = "`locked_out`, after too many failed attempts"
BUSY = "`busy`, while too many passwords are being checked"


class Blueprint(chassis.web.api.Blueprint):
    """The chassis' blueprint, whose `requires` also checks the database."""

    def requires(self, *who: str) -> Callable[[Any], Any]:
        """Admit callers whose account has one of the roles or scopes now."""
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
    with reading():  # a short transaction of its own: the view may hash a password
        role = UserManager(db.session).find_role(caller.id, session_id())
        db.session.rollback()
    if role is None:
        raise Unauthorized("This account or session has ended; sign in again.")
    g.caller = replace(caller, role=role, scopes=frozenset())
    if not any(g.caller.may(one) for one in who):
        raise Forbidden("You are signed in, but not allowed to do this.")


def caller_id() -> int:
    """Return the signed-in user's id; only for views that require a customer."""
    user_id = auth.caller().id
    assert user_id is not None
    return user_id


def session_id() -> int | None:
    """Return the session of the caller's token, which was verified before."""
    claims = jwt.decode(auth.bearer(), options={"verify_signature": False})
    sid = claims.get("sid")
    return int(sid) if sid is not None else None
