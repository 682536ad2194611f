"""`flask users create-admin` and `flask keys rotate`."""

import click
from flask import Flask
from flask.cli import AppGroup
from marshmallow import ValidationError

from chassis.errors import Problem
from chassis.json import timestamp
from user_svc import steps
from user_svc.models import Role
from user_svc.schemas import RegisterSchema

users = AppGroup("users", help="Manage accounts.")


@users.command("create-admin")
@click.option("--name", prompt=True, help="The admin's name.")
@click.option("--email", prompt=True, help="The e-mail address to sign in with.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="8 to 128 characters.",
)
def create_admin(name: str, email: str, password: str) -> None:
    """Create an account with the role of an admin."""
    given = {"name": name, "email": email, "password": password}
    try:
        steps.create_account(**RegisterSchema().load(given), role=Role.ADMIN)
    except ValidationError as wrong:
        raise click.ClickException(_sentences(wrong.normalized_messages())) from None
    except Problem as problem:
        errors = problem.extra.get("errors", {})
        raise click.ClickException(_sentences(errors) or problem.detail) from None
    click.echo(f"created the admin {email}")


keys = AppGroup("keys", help="Manage the keys that sign tokens.")


@keys.command("rotate")
def rotate() -> None:
    """Publish the next signing key now; it signs after KEY_LEAD_SECONDS.

    The key that it replaces verifies tokens until the last of them has expired.
    """
    begins = steps.publish_next_key()
    click.echo(f"the next key is published; it signs from {timestamp(begins)}")


def _sentences(errors: dict[str, list[str]]) -> str:
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())


def init_app(app: Flask) -> None:
    """Add `flask users` and `flask keys` to the app."""
    app.cli.add_command(users)
    app.cli.add_command(keys)
