"""A new password for whoever reads the mail, and an address that is shown to be theirs.

Asking does the same for every address: one row. The worker finds out whose it is, so
that no answer and no time tells a stranger who has an account.
"""

from chassis.db import reading
from chassis.errors import BadRequest
from chassis.failpoints import failpoint
from user_svc.extensions import db
from user_svc.managers import MailManager, OneTimeTokenManager, UserManager
from user_svc.managers.sessions import end_all
from user_svc.models import Letter
from user_svc.steps.passwords import new_hash


def ask_reset(email: str) -> None:
    """Let a token be mailed to the address, if it has an active account."""
    MailManager(db.session).write(Letter.RESET, email)
    db.session.commit()
    failpoint("reset.asked")


def reset_password(token: str, new: str) -> None:
    """Set the password of whoever was mailed the token; every session ends.

    Raises BadRequest `invalid_token`, and Unprocessable, which leaves the token good.
    """
    tokens = OneTimeTokenManager(db.session)
    with reading():
        account = tokens.find(token, Letter.RESET)
        db.session.rollback()
    if account is None:
        raise _invalid()
    fresh = new_hash(new, account.name, account.email, "new_password")
    is_theirs = UserManager(db.session).reset_hash(account.id, account.email, fresh)
    failpoint("reset.password_written")
    if not is_theirs or not tokens.spend(token, Letter.RESET):
        raise _invalid()
    failpoint("reset.token_spent")
    end_all(db.session, account.id)
    MailManager(db.session).write(Letter.PASSWORD_CHANGED, account.email, account.id)
    db.session.commit()
    failpoint("reset.confirmed")


def ask_address(user_id: int) -> None:
    """Let a token be mailed to the user's address, unless it is verified."""
    users = UserManager(db.session)
    users.ask_address(users.get_user(user_id))
    db.session.commit()


def verify_address(token: str) -> None:
    """Note that the address is theirs who were mailed the token.

    Raises BadRequest `invalid_token`.
    """
    tokens = OneTimeTokenManager(db.session)
    account = tokens.find(token, Letter.VERIFY)
    if account is None or not tokens.spend(token, Letter.VERIFY):
        raise _invalid()
    if not UserManager(db.session).verify(account.id, account.email):
        raise _invalid()
    db.session.commit()


def _invalid() -> BadRequest:
    sentence = "The token is not valid, or no longer; ask for another one."
    return BadRequest(sentence, code="invalid_token")
