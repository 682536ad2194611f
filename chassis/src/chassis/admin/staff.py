"""The panel's sessions: user-svc is asked at sign-in and at each request.

The cookie holds only the session's id; the tokens are stored in `admin_sessions` under
the hash of that id.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from flask import current_app, g, session
from sqlalchemy import delete, update

from chassis import clock
from chassis.db import current_db, model, reading, writing
from chassis.errors import Forbidden
from chassis.http import Answer, Client
from chassis.web.auth import ADMIN, STAFF

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=8)
NOTED = timedelta(minutes=1)  # the precision of `seen_at`
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff."""

    id: int
    name: str
    email: str
    role: str

    def may(self, roles: tuple[str, ...]) -> bool:
        """Return whether the user has one of the roles; an admin has every role."""
        return self.role == ADMIN or self.role in roles


def sign_in(email: str, password: str) -> None:
    """Begin a session, or raise Forbidden."""
    form = {"grant_type": "password", "username": email, "password": password}
    answer = _token(form)
    if answer.status != 200:
        raise Forbidden("E-mail or password is wrong.")
    found = _ask(str(answer.data["access_token"]))
    if found is None:
        raise Forbidden("This account is not a staff account.")
    sign_out()
    session.clear()
    session["id"] = secrets.token_urlsafe(32)
    _keep(found, answer.data)


def current() -> Staff | None:
    """Return the signed-in member of staff; user-svc is asked once per request."""
    if "staff" not in g:
        g.staff = _current()
    return cast("Staff | None", g.staff)


def sign_out() -> None:
    """End the session of this browser."""
    if "id" in session:
        with writing():
            table = model("admin_sessions")
            database = current_db().session
            database.execute(delete(table).where(table.id == _key()))
            database.commit()
    session.clear()


def _key() -> str:
    return hashlib.sha256(str(session["id"]).encode()).hexdigest()


def _current() -> Staff | None:
    if "id" not in session:
        return None
    table, database, now = model("admin_sessions"), current_db().session, clock.now()
    with reading():
        row: Any = database.get(table, _key())
        alive = row and row.seen_at + IDLE > now and row.expires_at > now
        tokens = (row.access_token, row.refresh_token) if alive else None
        is_old = bool(alive and row.seen_at + NOTED < now)
        database.rollback()  # no transaction is open during a remote call
    found = _ask(tokens[0]) or _refresh(tokens[1]) if tokens else None
    if found is None:
        sign_out()
    elif is_old:
        _update(seen_at=now)
    return found


def _refresh(refresh_token: str) -> Staff | None:
    answer = _token({"grant_type": "refresh_token", "refresh_token": refresh_token})
    if answer.status != 200:
        return None
    pair = {name: answer.data[name] for name in ("access_token", "refresh_token")}
    return _ask(str(pair["access_token"])) if _update(**pair) else None


def _token(form: dict[str, str]) -> Answer:
    return _user_svc().call(
        "POST", "/user/token/", body=urlencode(form).encode(), headers=FORM
    )


def _ask(access_token: str) -> Staff | None:
    headers = {"Authorization": f"Bearer {access_token}"}
    answer = _user_svc().call("GET", "/user/me/", headers=headers)
    if answer.status != 200 or answer.data["role"] not in (STAFF, ADMIN):
        return None
    user = answer.data
    return Staff(user["id"], user["name"], user["email"], user["role"])


def _user_svc() -> Client:
    return cast("Client", current_app.extensions["user_svc_sign_in"])


def _keep(found: Staff, pair: dict[str, Any]) -> None:
    now = clock.now()
    row = model("admin_sessions")(
        id=_key(),
        user_id=found.id,
        email=found.email,
        role=found.role,
        access_token=pair["access_token"],
        refresh_token=pair["refresh_token"],
        seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    current_db().session.add(row)
    current_db().session.commit()


def _update(**values: Any) -> bool:
    """Update the session's row; return False when the session has ended meanwhile."""
    with writing():
        table, database = model("admin_sessions"), current_db().session
        change = update(table).where(table.id == _key()).values(**values)
        found = database.scalar(change.returning(table.id))
        database.commit()
    return found is not None
