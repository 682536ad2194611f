"""Sign in, refresh, sign out."""

from datetime import timedelta

from chassis.db import reading
from chassis.errors import Unauthorized
from chassis.failpoints import failpoint
from user_svc import passwords
from user_svc.extensions import db
from user_svc.managers import Grant, SessionManager, UserManager
from user_svc.queries import Account
from user_svc.steps import guesses
from user_svc.steps.context import hashing, keyring, settings
from user_svc.steps.tokens import Tokens, pair


def sign_in(email: str, password: str, address: str) -> Tokens:
    """Start a session and return its tokens; `address` is the client's.

    Raises Unauthorized `invalid_credentials`, TooManyRequests `locked_out`, Unavailable
    `busy`. An unknown address, a wrong password and a deactivated account take the same
    time.
    """
    with hashing().place():
        attempt = guesses.begin(email, address)
        try:
            account, stored = _check(email, password)
        except Unauthorized:
            guesses.fail(attempt)
            raise
        lifetime = timedelta(days=settings().refresh_token_days)
        grant = _sessions().start(account.id, stored, lifetime)
        guesses.succeed(attempt, account)
        db.session.commit()
    failpoint("session.started")
    return pair(grant)


def refresh(token: str, address: str) -> Tokens:
    """Spend a refresh token and return the next pair, or raise Unauthorized."""
    with guesses.of_token(address):
        return pair(_rotate(token))


def _rotate(token: str) -> Grant:
    grace = timedelta(seconds=settings().refresh_grace_seconds)
    try:
        grant = _sessions().rotate(token, grace)
    except Unauthorized:
        db.session.commit()  # keeps the revocation of a stolen token's family
        raise
    failpoint("session.before_rotate_commit")
    db.session.commit()
    failpoint("session.rotated")
    return grant


def sign_out(token: str, user_id: int) -> None:
    """End the session that a refresh token of the user belongs to."""
    _sessions().end(token, user_id)
    db.session.commit()


def _check(email: str, password: str) -> tuple[Account, str]:
    """Return the account with these credentials and its hash, or raise Unauthorized."""
    users = UserManager(db.session)
    with reading():
        account = users.find_by_email(email)
        db.session.rollback()
    stored = account.password_hash if account else None
    is_right = hashing().run(passwords.matches, stored, password)
    if account is None or stored is None or not is_right or not account.is_active:
        raise Unauthorized(
            "The e-mail address or the password is wrong.", code="invalid_credentials"
        )
    return account, _upgrade_hash(users, account.id, stored, password)


def _upgrade_hash(users: UserManager, user_id: int, stored: str, password: str) -> str:
    """Replace an outdated hash while the password is known; return the stored hash."""
    if not hashing().run(passwords.is_outdated, stored, password):
        return stored
    fresh = hashing().run(passwords.make_hash, password)
    done = users.replace_hash(user_id, stored, fresh)
    return fresh if done else stored


def _sessions() -> SessionManager:
    return SessionManager(db.session, keyring())
