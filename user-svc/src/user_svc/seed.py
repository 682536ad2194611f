"""`flask seed`: a signing key, the service clients and the configured accounts."""

import click
from flask import Flask
from flask.cli import with_appcontext

from user_svc import steps


@click.command("seed")
@with_appcontext
def command() -> None:
    """Create the key, the service clients and the accounts that the settings name."""
    created = [*steps.set_up(), *steps.create_demo_accounts()]
    for line in created or ["nothing to do"]:
        click.echo(f"user-svc: {line}")


def init_app(app: Flask) -> None:
    """Add `flask seed` to the app."""
    app.cli.add_command(command)
