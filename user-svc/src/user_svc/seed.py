"""Accounts that the settings name, made once: the first admin and the demo accounts."""

from chassis.errors import Conflict
from user_svc import signing, steps
from user_svc.access import settings
from user_svc.config import ACCOUNTS
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import Role

DEMO = {
    "demo_customer": Role.CUSTOMER,
    "demo_staff": Role.STAFF,
    "demo_admin": Role.ADMIN,
}


def set_up() -> list[str]:
    """Make what the service needs and lacks; return what was made, in sentences."""
    signing.ensure_key()
    steps.sync_clients()
    return bootstrap_admin()


def bootstrap_admin() -> list[str]:
    """Make the first admin, unless there is an admin."""
    email, _ = settings().account("bootstrap_admin")
    if not email or UserManager(db.session).has_admin():
        db.session.rollback()
        return []
    return _make("bootstrap_admin", Role.ADMIN)


def demo_accounts() -> list[str]:
    """Make the demo accounts that are named and lacking."""
    named = [name for name in DEMO if settings().account(name)[0]]
    return [line for name in named for line in _make(name, DEMO[name])]


def _make(account: str, role: Role) -> list[str]:
    email, password = settings().account(account)
    known = UserManager(db.session).find_by_email(email)
    db.session.rollback()
    if known:
        return []
    try:
        make_account(ACCOUNTS[account], email, password, role)
    except Conflict:  # another process was faster
        return []
    return [f"made the {role} {email}"]


def make_account(name: str, email: str, password: str, role: Role) -> None:
    """Make an account whose address needs no check: whoever runs us has named it."""
    fresh = steps.new_hash(password, name, email)
    try:
        UserManager(db.session).register(
            name, email, fresh, role=role, email_verified=True
        )
        db.session.commit()
    finally:
        db.session.rollback()  # does nothing after a commit
