"""Password reset and verification of an e-mail address, both by a mailed token.

A request for a reset does the same for every address: it stores one mail. The worker
finds the account later, so that neither the response nor its time reveals whether an
account exists.
"""

from chassis.db import reading
from chassis.errors import BadRequest
from chassis.failpoints import failpoint
from user_svc.extensions import db
from user_svc.managers import MailManager, OneTimeTokenManager, UserManager
from user_svc.managers.sessions import end_all
from user_svc.models import MailKind
from user_svc.steps import guesses
from user_svc.steps.context import hashing
from user_svc.steps.passwords import hash_new


def request_reset(email: str) -> None:
    """Mail a token to the address, if it belongs to an active account."""
    MailManager(db.session).write(MailKind.RESET, email)
    db.session.commit()
    failpoint("reset.requested")


def reset_password(token: str, new: str, address: str) -> None:
    """Set the password of the account that the token was mailed to; end its sessions.

    The account is unlocked, and the client's `address` is known from now on. Raises
    BadRequest `invalid_token`, TooManyRequests `locked_out`, Unavailable `busy`, or
    Unprocessable, after which the token can be used again.
    """
    with hashing().place(), guesses.of_token(address):
        _reset_password(token, new, address)


def _reset_password(token: str, new: str, address: str) -> None:
    tokens = OneTimeTokenManager(db.session)
    with reading():
        account = tokens.find(token, MailKind.RESET)
        db.session.rollback()
    if account is None:
        raise _invalid_token()
    new_hash = hash_new(new, account.name, account.email, "new_password")
    is_same = UserManager(db.session).reset_hash(account.id, account.email, new_hash)
    failpoint("reset.password_written")
    if not is_same or not tokens.spend(token, MailKind.RESET):
        raise _invalid_token()
    failpoint("reset.token_spent")
    end_all(db.session, account.id)
    guesses.recover(account, address)
    MailManager(db.session).write(MailKind.PASSWORD_CHANGED, account.email, account.id)
    db.session.commit()
    failpoint("reset.confirmed")


def request_verification(user_id: int) -> None:
    """Mail a token to the user's address, unless the address is verified."""
    users = UserManager(db.session)
    users.request_verification(users.get(user_id))
    db.session.commit()


def verify_address(token: str, address: str) -> None:
    """Mark the address that the token was mailed to as verified.

    `address` is the client's. Raises BadRequest `invalid_token`, TooManyRequests
    `locked_out`.
    """
    with guesses.of_token(address):
        _verify_address(token)


def _verify_address(token: str) -> None:
    tokens = OneTimeTokenManager(db.session)
    account = tokens.find(token, MailKind.VERIFY)
    if account is None or not tokens.spend(token, MailKind.VERIFY):
        raise _invalid_token()
    if not UserManager(db.session).verify(account.id, account.email):
        raise _invalid_token()
    db.session.commit()


def _invalid_token() -> BadRequest:
    sentence = "The token is invalid or has expired; request another one."
    return BadRequest(sentence, code="invalid_token")
