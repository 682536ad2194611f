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
from flask import current_app, g, session
from sqlalchemy import delete, update

from chassis import clock
from chassis.db import current_db, model, reading, writing
from chassis.errors import Forbidden, Unavailable
from chassis.http import Answer, Client
from chassis.web.auth import ADMIN, STAFF

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=8)
NOTED = timedelta(minutes=1)  # the precision of `seen_at`
TOKENS = ("access_token", "refresh_token")
Pair = dict[str, Any]
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
        _revoke(answer.data)
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
    """End the session of this browser, here and at user-svc.

    The session ends here in any case; while user-svc is down its tokens, which nobody
    can read any more, are left to expire.
    """
    tokens = _delete() if "id" in session else None
    if tokens is not None:
        with suppress(Unavailable):
            _revoke(tokens)
    session.clear()


def _delete() -> Pair | None:
    """Delete the session's row; return its tokens, or None without a row."""
    with writing():
        table, database = model("admin_sessions"), current_db().session
        which = delete(table).where(table.id == _key())
        columns = which.returning(table.access_token, table.refresh_token)
        row = database.execute(columns).one_or_none()
        database.commit()
    if row is None:
        return None
    return {name: _opened(getattr(row, name)) for name in TOKENS}


def _revoke(pair: Pair) -> None:
    """End the session at user-svc; an expired access token is renewed for that."""
    if _logout(pair).status != 401:
        return
    answer = _renew(pair["refresh_token"])
    if answer.status == 200:
        _logout(answer.data)


def _logout(pair: Pair) -> Answer:
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    body = {"refresh_token": pair["refresh_token"]}
    return _user_svc().call("POST", "/user/logout/", json=body, headers=headers)


def _key() -> str:
    return hashlib.sha256(str(session["id"]).encode()).hexdigest()


def _cipher() -> Fernet:
    """Return the cipher of this session; its key is not the hash in the table."""
    secret = str(session["id"]).encode()
    key = hashlib.blake2b(secret, digest_size=32, person=b"admin session").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(token: str) -> str:
    return _cipher().encrypt(token.encode()).decode()


def _opened(stored: str) -> str:
    """Return a stored token; an empty text for one that is not encrypted so."""
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
        access = _opened(row.access_token) if alive else ""
        refresh = _opened(row.refresh_token) if alive else ""
        is_old = bool(alive and row.seen_at + NOTED < now)
        database.rollback()  # no transaction is open during a remote call
    found = _ask(access) or _refresh(refresh) if access else None
    if found is None:
        sign_out()
    elif is_old:
        _update(seen_at=now)
    return found


def _refresh(refresh_token: str) -> Staff | None:
    answer = _renew(refresh_token)
    if answer.status != 200:
        return None
    pair = {name: str(answer.data[name]) for name in TOKENS}
    if not _update(**{name: _sealed(token) for name, token in pair.items()}):
        _revoke(pair)  # the session has ended meanwhile
        return None
    return _ask(pair["access_token"])


def _renew(refresh_token: str) -> Answer:
    return _token({"grant_type": "refresh_token", "refresh_token": refresh_token})


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


def _keep(found: Staff, pair: Pair) -> None:
    now = clock.now()
    row = model("admin_sessions")(
        id=_key(),
        user_id=found.id,
        email=found.email,
        role=found.role,
        **{name: _sealed(str(pair[name])) for name in TOKENS},
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
