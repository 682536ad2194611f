"""The current password, and a new one."""

from typing import Any

from chassis.db import reading
from chassis.errors import Conflict, Forbidden, Unprocessable
from chassis.failpoints import failpoint
from user_svc import passwords
from user_svc.extensions import db
from user_svc.managers import MailManager, OneTimeTokenManager, UserManager
from user_svc.managers.accounts import Account
from user_svc.managers.sessions import end_all
from user_svc.models import Letter


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

    A mail tells the address; a token that was mailed for a new password ends.
    Raises Forbidden `wrong_password`, Unprocessable, Conflict.
    """
    account = check_password(user_id, current)
    fresh = new_hash(new, account.name, account.email, "new_password")
    if not UserManager(db.session).replace_hash(user_id, account.password_hash, fresh):
        raise Conflict("The password has just been changed by another request.")
    failpoint("password.written")
    end_all(db.session, user_id, but=session)
    OneTimeTokenManager(db.session).void(user_id, Letter.RESET)
    MailManager(db.session).write(Letter.PASSWORD_CHANGED, account.email, user_id)
    db.session.commit()
    failpoint("password.changed")


def new_hash(password: str, name: str, email: str, field: str = "password") -> str:
    """Return the hash of a new password, or raise Unprocessable."""
    problems = passwords.problems(password, name, email)
    if problems:
        raise Unprocessable(
            "The password is not good enough.", errors={field: problems}
        )
    return passwords.make_hash(password)
