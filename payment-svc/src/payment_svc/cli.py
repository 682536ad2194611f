"""`flask payments check`."""

import click
from flask import Flask
from flask.cli import AppGroup

from payment_svc.steps import Context
from payment_svc.steps.account_checks import Finding, check_account, mode_of

payments = AppGroup("payments", help="Check the account at Razorpay.")
MARKS = {True: "✓", False: "✗", None: "?"}


@payments.command("check")
@click.option(
    "--wait",
    default=10.0,
    show_default=True,
    help="Seconds to wait for the worker to process the test webhook.",
)
@click.pass_context
def check(context: click.Context, wait: float) -> None:
    """Check keys, clock, webhook and settings; exit with 1 if something is missing."""
    work, missing = Context("flask payments check"), []
    for finding in check_account(work, wait):
        _show(finding)
        if finding.is_good is False:
            missing.append(finding.action)
    if missing:
        lines = (f"  - {action}" for action in dict.fromkeys(missing))
        click.echo("\nMissing:\n" + "\n".join(lines))
        context.exit(1)
    click.echo(f"\nReady for {mode_of(work.settings)} payments.")


def _show(finding: Finding) -> None:
    click.echo(f"{MARKS[finding.is_good]} {finding.text}")
    if finding.action:
        click.echo(f"    {finding.action}")


def init_app(app: Flask) -> None:
    """Add `flask payments` to the app."""
    app.cli.add_command(payments)
