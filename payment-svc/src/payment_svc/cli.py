"""`flask payments check` and `flask payments reconcile`."""

from datetime import UTC, datetime, timedelta

import click
from flask import Flask
from flask.cli import AppGroup

from chassis import clock
from payment_svc.models import ReconciliationRun
from payment_svc.steps import Context
from payment_svc.steps.account_checks import Finding, check_account, mode_of
from payment_svc.steps.manual_runs import follow, start_run

payments = AppGroup("payments", help="Check the account at Razorpay.")
MOMENTS = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # Razorpay refuses earlier moments
WEEK = timedelta(days=7)
MOST_SHOWN = 100  # differences
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


@payments.command("reconcile")
@click.option("--since", type=MOMENTS, help="Begin of the period, UTC; a week ago.")
@click.option("--until", type=MOMENTS, help="End of the period, UTC; now.")
@click.pass_context
def reconcile(
    context: click.Context, since: datetime | None, until: datetime | None
) -> None:
    """Compare all payments, refunds and disputes of a period with Razorpay's lists.

    Repeat an interrupted call with the same --since: it continues. What differs is
    repaired by the worker, or listed here; exit with 1 if a person must act.
    """
    begin, end = _period(since, until)
    run_id = start_run(begin, end)
    for run in follow(run_id):
        click.echo(_progress(run), err=True)
    shown = Context("flask payments reconcile").drift.list(run_id, MOST_SHOWN)
    lines = [
        f"  {one.kind} {one.razorpay_id}: here {one.ours or '-'}, "
        f"at Razorpay {one.theirs} ({one.done})"
        for one in shown
    ]
    if run.drift > len(shown):
        lines.append(f"  and {run.drift - len(shown):,} more in the panel")
    click.echo("\n".join([_summary(run), *lines]))
    context.exit(1 if run.unexplained else 0)


def _period(
    since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime]:
    now = clock.now().replace(microsecond=0)
    today = now.replace(hour=0, minute=0, second=0)
    begin = since.replace(tzinfo=UTC) if since else today - WEEK
    end = min(until.replace(tzinfo=UTC), now) if until else now
    if not EARLIEST <= begin <= end:
        raise click.BadParameter("The period must begin before its end, from 2000 on.")
    return begin, end


def _progress(run: ReconciliationRun) -> str:
    passed = (clock.now() - (run.started_at or clock.now())).total_seconds()
    counts = _counts(run)
    return (
        f"{passed:6.1f} s  {run.listing:<8}  {run.window_since:%Y-%m-%d}  {counts}"
        f"  {run.payments / max(passed, 0.1):,.0f} payments/s{_trouble(run)}"
    )


def _trouble(run: ReconciliationRun) -> str:
    return f"  waits: {run.detail}" if run.detail else ""


def _counts(run: ReconciliationRun) -> str:
    return (
        f"{run.payments:,} payments, {run.refunds:,} refunds, "
        f"{run.disputes:,} disputes, {run.drift:,} differences"
    )


def _summary(run: ReconciliationRun) -> str:
    return f"Run {run.id}: {_counts(run)}, {run.unexplained:,} for a person."


def init_app(app: Flask) -> None:
    """Add `flask payments` to the app."""
    app.cli.add_command(payments)
