"""Tokens and passwords, step by step: look, then hash in no transaction, then change.

A password takes 20 ms to hash; a transaction held for that long would keep every
other writer of a SQLite database waiting.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy.exc import IntegrityError

from chassis import auth, clock
from chassis.db import reading
from chassis.errors import Conflict, Forbidden, Unauthorized, Unprocessable
from user_svc import passwords
from user_svc.access import keyring, settings
from user_svc.extensions import db
from user_svc.managers import ClientManager, Grant, SessionManager, UserManager
from user_svc.managers.sessions import end_all
from user_svc.managers.users import Account
from user_svc.models import ServiceClient
from user_svc.signing import Signer

Tokens = dict[str, Any]


def sign_in(email: str, password: str) -> Tokens:
    """Begin a session and return its tokens.

    Raises Unauthorized `invalid_credentials`, after the same time for an unknown
    address, a wrong password and a deactivated account.
    """
    with reading():
        account = UserManager(db.session).find_by_email(email)
        db.session.rollback()
    stored = account.password_hash if account else None
    is_right = passwords.matches(stored, password)
    if account is None or stored is None or not is_right or not account.is_active:
        raise Unauthorized(
            "The e-mail address or the password is wrong.", code="invalid_credentials"
        )
    stored = _renew_hash(account.id, stored, password)
    lifetime = timedelta(days=settings().refresh_token_days)
    grant = _sessions().start(account.id, stored, lifetime)
    db.session.commit()
    return _pair(grant)


def refresh(token: str) -> Tokens:
    """Spend a refresh token and return the next pair, or raise Unauthorized."""
    grace = timedelta(seconds=settings().refresh_grace_seconds)
    try:
        grant = _sessions().rotate(token, grace)
    except Unauthorized:
        db.session.commit()  # the family of a stolen token is revoked for good
        raise
    db.session.commit()
    return _pair(grant)


def sign_out(token: str, user_id: int) -> None:
    """End the session that a refresh token of the user belongs to."""
    _sessions().end(token, user_id)
    db.session.commit()


def find_client(client_id: str, secret: str) -> ServiceClient | None:
    """Return the service whose credentials these are."""
    sync_clients()
    return ClientManager(db.session, keyring()).authenticate(client_id, secret)


def service_token(client_id: str, audience: str, scopes: Sequence[str]) -> Tokens:
    """Return a service's access token for another service."""
    scope = " ".join(scopes)
    claims = {"sub": client_id, "aud": audience, "scope": scope, "client_id": client_id}
    return {**_access(claims), "scope": scope}


def sync_clients() -> None:
    """Bring the service clients in step with the settings, once in each process."""
    if current_app.extensions.get("clients_in_step"):
        return
    manager, clients = ClientManager(db.session, keyring()), settings().service_clients
    with reading():
        is_in_step = manager.is_in_step(clients)
        db.session.rollback()
    if not is_in_step:
        try:
            manager.sync(clients)
            db.session.commit()
        except IntegrityError:  # another process is doing the same
            db.session.rollback()
    current_app.extensions["clients_in_step"] = True


def check_password(user_id: int, password: str) -> Account:
    """Return the account when this is its password, or raise Forbidden."""
    with reading():
        account = UserManager(db.session).find_by_id(user_id)
        db.session.rollback()
    stored = account.password_hash if account else None
    if not passwords.matches(stored, password) or account is None:
        raise Forbidden("The current password is wrong.", code="wrong_password")
    return account


def check_new_address(user_id: int, fields: dict[str, Any]) -> None:
    """Let an e-mail address be changed only with `current_password`, which is taken."""
    password = fields.pop("current_password", None)
    with reading():
        account = UserManager(db.session).find_by_id(user_id)
        db.session.rollback()
    if account is None or fields.get("email", account.email) == account.email:
        return
    if password is None:
        raise Unprocessable(
            "Another e-mail address needs the password.",
            errors={"current_password": ["Required to change the e-mail address."]},
        )
    check_password(user_id, password)


def change_password(user_id: int, current: str, new: str, session: int | None) -> None:
    """Set a new password and end the user's sessions, except the one given.

    Raises Forbidden `wrong_password`, Unprocessable, Conflict.
    """
    account = check_password(user_id, current)
    fresh = new_hash(new, account.name, account.email, "new_password")
    if not UserManager(db.session).replace_hash(user_id, account.password_hash, fresh):
        raise Conflict("The password has just been changed by another request.")
    end_all(db.session, user_id, but=session)
    db.session.commit()


def new_hash(password: str, name: str, email: str, field: str = "password") -> str:
    """Return the hash of a new password, or raise Unprocessable."""
    problems = passwords.problems(password, name, email)
    if problems:
        raise Unprocessable(
            "The password is not good enough.", errors={field: problems}
        )
    return passwords.make_hash(password)


def _renew_hash(user_id: int, stored: str, password: str) -> str:
    """Store an outdated hash anew while the password is at hand; return the valid."""
    if not passwords.is_outdated(stored):
        return stored
    fresh = passwords.make_hash(password)
    done = UserManager(db.session).replace_hash(user_id, stored, fresh)
    return fresh if done else stored


def _sessions() -> SessionManager:
    return SessionManager(db.session, keyring())


def _pair(grant: Grant) -> Tokens:
    claims = {
        "sub": str(grant.user_id),
        "aud": auth.SHOP,
        "role": grant.role,
        "sid": str(grant.family_id),
    }
    left = grant.expires_at - clock.now()
    return {
        **_access(claims),
        "refresh_token": grant.refresh_token,
        "refresh_expires_in": int(left.total_seconds()),
    }


def _access(claims: dict[str, Any]) -> Tokens:
    signer = cast("Signer", current_app.extensions["signer"])
    token = signer.sign(
        {"iss": settings().jwt_issuer, "jti": uuid.uuid4().hex} | claims
    )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": settings().access_token_seconds,
    }
