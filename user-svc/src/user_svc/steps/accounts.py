"""The accounts that the settings describe: the first admin and the demo accounts."""

from chassis.errors import Conflict
from user_svc.config import ACCOUNTS
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import Role
from user_svc.steps.context import settings
from user_svc.steps.passwords import hash_new
from user_svc.steps.service_clients import sync_clients
from user_svc.steps.signing_keys import ensure_key

DEMO = {
    "demo_customer": Role.CUSTOMER,
    "demo_staff": Role.STAFF,
    "demo_admin": Role.ADMIN,
}


def set_up() -> list[str]:
    """Create what the service needs and lacks; return what was created, as sentences.

    That is a signing key, the service clients and the first admin.
    """
    ensure_key()
    sync_clients()
    return _create_first_admin()


def create_demo_accounts() -> list[str]:
    """Create the demo accounts that are configured and missing."""
    names = [name for name in DEMO if settings().account(name)[0]]
    return [line for name in names for line in _create(name, DEMO[name])]


def create_account(name: str, email: str, password: str, role: Role) -> None:
    """Create an account that the operator chose: the address counts as verified."""
    password_hash = hash_new(password, name, email)
    try:
        UserManager(db.session).register(
            name, email, password_hash, role=role, email_verified=True
        )
        db.session.commit()
    finally:
        db.session.rollback()  # does nothing after a commit


def _create_first_admin() -> list[str]:
    email, _ = settings().account("bootstrap_admin")
    if not email or UserManager(db.session).has_admin():
        db.session.rollback()
        return []
    return _create("bootstrap_admin", Role.ADMIN)


def _create(account: str, role: Role) -> list[str]:
    email, password = settings().account(account)
    existing = UserManager(db.session).find_by_email(email)
    db.session.rollback()
    if existing:
        return []
    try:
        create_account(ACCOUNTS[account], email, password, role)
    except Conflict:  # another process was faster
        return []
    return [f"created the {role} {email}"]
