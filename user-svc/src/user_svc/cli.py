"""`flask seed` and `flask users create-admin`."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from marshmallow import ValidationError

from chassis.errors import Problem
from user_svc import seed
from user_svc.models import Role
from user_svc.schemas import RegisterSchema

users = AppGroup("users", help="Look after accounts.")


@users.command("create-admin")
@click.option("--name", prompt=True, help="What the admin is called.")
@click.option("--email", prompt=True, help="The address to sign in with.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="8..128."
)
def create_admin(name: str, email: str, password: str) -> None:
    """Make an account for an admin."""
    given = {"name": name, "email": email, "password": password}
    try:
        seed.make_account(**RegisterSchema().load(given), role=Role.ADMIN)
    except ValidationError as wrong:
        raise click.ClickException(_sentences(wrong.normalized_messages())) from None
    except Problem as problem:
        errors = problem.extra.get("errors", {})
        raise click.ClickException(_sentences(errors) or problem.detail) from None
    click.echo(f"made the admin {email}")


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Make the keys, the service clients, and the accounts that the settings name."""
    done = [*seed.set_up(), *seed.demo_accounts()]
    for line in done or ["nothing to do"]:
        click.echo(f"user-svc: {line}")


def _sentences(errors: dict[str, list[str]]) -> str:
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())


def init_app(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(users)
    app.cli.add_command(seed_command)
