"""The panel's sessions: user-svc is asked at sign-in and at each request.

The cookie holds only the session's id. The tokens are stored in `admin_sessions` under
the hash of that id, encrypted with a key that only the id gives: neither the table nor
the service alone can use them. The end of a session revokes them at user-svc.
"""

import base64
import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from flask import g, session
from sqlalchemy import delete, update

from chassis import clock
from chassis.action_log import Actor
from chassis.db import current_db, model, reading, writing
from chassis.errors import Forbidden, TooManyRequests, Unavailable
from chassis.http import Answer
from chassis.web import proxies
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

    @property
    def actor(self) -> Actor:
        """Return the user as the action log names the user."""
        return Actor(f"user:{self.id}", self.role, "panel", self.id, self.email)

    def may(self, roles: tuple[str, ...]) -> bool:
        """Return whether the user has one of the roles; an admin has every role."""
        return self.role == ADMIN or self.role in roles


def sign_in(email: str, password: str) -> None:
    """Begin a session, or raise Forbidden."""
    form = {"grant_type": "password", "username": email, "password": password}
    answer = _token(form)
    if answer.status != 200:
        raise Forbidden("E-mail or password is wrong.")
    access, refresh = _pair(answer)
    found = _ask(access)
    if found is None:
        _revoke(access, refresh)
        raise Forbidden("This account is not a staff account.")
    sign_out()
    session.clear()
    session["id"] = secrets.token_urlsafe(32)
    _keep(found, access, refresh)


def current() -> Staff | None:
    """Return the signed-in member of staff; user-svc is asked once per request."""
    if "staff" not in g:
        g.staff = _current()
    return cast("Staff | None", g.staff)


def sign_out() -> None:
    """End the session of this browser, here and at user-svc.

    The session ends here in any case; while user-svc is down its tokens, which nobody
    can read any more, are left to expire.
    """
    if "id" in session:
        with writing():
            table, database = model("admin_sessions"), current_db().session
            which = delete(table).where(table.id == _key())
            tokens = which.returning(table.access_token, table.refresh_token)
            row = database.execute(tokens).one_or_none()
            database.commit()
        access, refresh = map(_opened, row or ("", ""))
        if access:
            with suppress(Unavailable, TooManyRequests):
                _revoke(access, refresh)
    session.clear()


def _revoke(access: str, refresh: str, *, may_renew: bool = True) -> None:
    """End the session at user-svc; an expired access token is renewed for that."""
    headers, body = _bearer(access), {"refresh_token": refresh}
    answer = proxies.call("POST", "/user/logout/", headers, json=body)
    if answer.status == 401 and may_renew:
        answer = _token({"grant_type": "refresh_token", "refresh_token": refresh})
        if answer.status == 200:
            _revoke(*_pair(answer), may_renew=False)


def _key() -> str:
    return hashlib.sha256(str(session["id"]).encode()).hexdigest()


def _cipher() -> Fernet:
    """Return the cipher of this session; its key is not the hash in the table."""
    key = hashlib.sha256(f"tokens of {session['id']}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(token: str) -> str:
    return _cipher().encrypt(token.encode()).decode()


def _opened(stored: str) -> str:
    """Return a stored token; "" for one that this session did not encrypt."""
    with suppress(InvalidToken):
        return _cipher().decrypt(stored.encode()).decode()
    return ""


def _current() -> Staff | None:
    if "id" not in session:
        return None
    table, database, now = model("admin_sessions"), current_db().session, clock.now()
    with reading():
        row: Any = database.get(table, _key())
        alive = row and row.seen_at + IDLE > now and row.expires_at > now
        stored = (row.access_token, row.refresh_token) if alive else ()
        is_old = bool(alive and row.seen_at + NOTED < now)
        database.rollback()  # no transaction is open during a remote call
    access, refresh = map(_opened, stored or ("", ""))
    found = _ask(access) or _refresh(refresh) if access else None
    if found is None:
        sign_out()
    elif is_old:
        _update(seen_at=now)
    return found


def _refresh(refresh_token: str) -> Staff | None:
    answer = _token({"grant_type": "refresh_token", "refresh_token": refresh_token})
    if answer.status != 200:
        return None
    access, refresh = _pair(answer)
    if not _update(access_token=_sealed(access), refresh_token=_sealed(refresh)):
        _revoke(access, refresh)  # the session has ended meanwhile
        return None
    return _ask(access)


def _pair(answer: Answer) -> tuple[str, str]:
    return str(answer.data["access_token"]), str(answer.data["refresh_token"])


def _bearer(access: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access}"}


def _token(form: dict[str, str]) -> Answer:
    return proxies.call("POST", "/user/token/", FORM, body=urlencode(form).encode())


def _ask(access_token: str) -> Staff | None:
    answer = proxies.call("GET", "/user/me/", _bearer(access_token))
    if answer.status != 200 or answer.data["role"] not in (STAFF, ADMIN):
        return None
    user = answer.data
    return Staff(user["id"], user["name"], user["email"], user["role"])


def _keep(found: Staff, access: str, refresh: str) -> None:
    now = clock.now()
    row = model("admin_sessions")(
        id=_key(),
        user_id=found.id,
        email=found.email,
        role=found.role,
        access_token=_sealed(access),
        refresh_token=_sealed(refresh),
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
