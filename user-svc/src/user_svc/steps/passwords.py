"""Check the current password; set a new one."""

from typing import Any

from chassis.db import reading
from chassis.errors import Conflict, Forbidden, Unprocessable
from chassis.failpoints import failpoint
from user_svc import passwords
from user_svc.extensions import db
from user_svc.managers import MailManager, OneTimeTokenManager, UserManager
from user_svc.managers.sessions import end_all
from user_svc.models import MailKind
from user_svc.queries import Account
from user_svc.steps import guesses
from user_svc.steps.context import hashing


def check_password(account: Account | None, password: str, session: int | None) -> None:
    """Raise Forbidden when this is not the account's password.

    Raises TooManyRequests `locked_out` after too many failures in the session.
    """
    wrong = Forbidden("The current password is wrong.", code="wrong_password")
    if account is None:
        raise wrong
    with guesses.of_password(account, session):
        if not hashing().run(passwords.matches, account.password_hash, password):
            raise wrong


def check_new_address(
    user_id: int, fields: dict[str, Any], session: int | None
) -> None:
    """Remove `current_password` from the fields; check it if the address changes."""
    password = fields.pop("current_password", None)
    users = UserManager(db.session)
    account = _find_account(users, user_id)
    if account is None or fields.get("email", account.email) == account.email:
        return
    if password is None:
        raise Unprocessable(
            "A new e-mail address requires the current password.",
            errors={"current_password": ["Required to change the e-mail address."]},
        )
    with hashing().place():
        check_password(account, password, session)


def change_password(user_id: int, current: str, new: str, session: int | None) -> None:
    """Set a new password and end the user's sessions, except the one given.

    A mail informs the user, and a mailed token for a new password becomes invalid.
    Raises Forbidden `wrong_password`, Unprocessable, Conflict, TooManyRequests
    `locked_out`, Unavailable `busy`.
    """
    users = UserManager(db.session)
    account = _find_account(users, user_id)
    with hashing().place():
        check_password(account, current, session)
        assert account is not None
        new_hash = hash_new(new, account.name, account.email, "new_password")
    if not users.replace_hash(user_id, account.password_hash, new_hash):
        raise Conflict("The password has just been changed by another request.")
    failpoint("password.written")
    end_all(db.session, user_id, keep=session)
    OneTimeTokenManager(db.session).revoke(user_id, MailKind.RESET)
    MailManager(db.session).write(MailKind.PASSWORD_CHANGED, account.email, user_id)
    db.session.commit()
    failpoint("password.changed")


def hash_new(password: str, name: str, email: str, field: str = "password") -> str:
    """Return the hash of a new password, or raise Unprocessable."""
    problems = passwords.problems(password, name, email)
    if problems:
        raise Unprocessable(
            "The password does not meet the rules.", errors={field: problems}
        )
    return hashing().run(passwords.make_hash, password)


def _find_account(users: UserManager, user_id: int) -> Account | None:
    with reading():
        account = users.find_by_id(user_id)
        db.session.rollback()
    return account
