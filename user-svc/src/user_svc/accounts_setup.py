"""Accounts that no request makes: the first admin, and a local run's demo accounts."""

import click
from flask import Flask

from chassis.errors import Problem
from user_svc import passwords
from user_svc.accounts import settings
from user_svc.extensions import db
from user_svc.managers import UserManager
from user_svc.models import Role


def ensure(name: str, email: str, password: str, role: str) -> bool:
    """Make an account unless its e-mail has one; say whether it was made."""
    if not email or UserManager(db.session).find_by_email(email):
        db.session.rollback()
        return False
    db.session.rollback()
    passwords.check("password", password, email)
    kept = passwords.hashed(password)
    user = UserManager(db.session).register(name, email, kept, role)
    user.email_verified = True
    db.session.commit()
    return True


def bootstrap_admin() -> int:
    """Make the admin that BOOTSTRAP_ADMIN_EMAIL names, once."""
    known = settings()
    ensure(
        "Admin", known.bootstrap_admin_email, known.bootstrap_admin_password, Role.ADMIN
    )
    return 0


@click.command("seed")
def seed() -> None:
    """Make the first admin and the demo accounts that the settings name."""
    known = settings()
    bootstrap_admin()
    for role in Role:
        email = getattr(known, f"demo_{role}_email")
        password = getattr(known, f"demo_{role}_password")
        if ensure(f"Demo {role}", email, password, role):
            click.echo(f"Made the demo {role} account {email}.")
    click.echo("Accounts are in place.")


@click.group("users")
def users() -> None:
    """Manage accounts."""


@users.command("create-admin")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.password_option()
def create_admin(name: str, email: str, password: str) -> None:
    """Make an admin account."""
    try:
        made = ensure(name, email, password, Role.ADMIN)
    except Problem as wrong:
        reasons = [m for found in wrong.extra.get("errors", {}).values() for m in found]
        raise click.ClickException(" ".join([wrong.detail, *reasons])) from None
    if not made:
        raise click.ClickException(f"There is an account of {email} already.")
    click.echo(f"Made the admin account {email}.")


def init_app(app: Flask) -> None:
    """Give the app `flask seed` and `flask users`."""
    app.cli.add_command(seed)
    app.cli.add_command(users)
