"""`make audit`: checks a target, or any four databases, and shows the results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import requests
from rich.console import Console
from rich.markup import escape
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from devtools import targets
from devtools.audit.invariants import ALWAYS, INVARIANTS, Verdict, check
from devtools.layout import SERVICES
from devtools.ledger import NoLedger, fetch
from devtools.terminal import console

# With the usual settings no order takes longer than its reservation, 45 minutes.
SLACK = 3600.0
SHOWN = 10
NONE = "none"
NEXT = (
    "Next steps: change nothing yet. Copy the databases, then follow the order: its "
    "timeline (GET /orders/<id>/timeline/, or the staff panel) has the correlation id "
    "of all log lines. Payments: POST /payments/<id>/sync/ queries Razorpay again. "
    "Messages: see Quarantine and the dead letters in the panels. Run the audit again "
    "after each step."
)


def run(
    databases: Mapping[str, str],
    ledger: str,
    *,
    drained: bool,
    slack: float | None,
    queue_was_lost: bool,
) -> int:
    """Check and show; return 0 when all invariants hold, 1 when one does not.

    `databases` replaces databases of the target; `ledger` is an address of
    the sandbox, "none", or "" for the target's. Raises ClickException when
    something cannot be read.
    """
    slack_seconds = slack if slack is not None else 0.0 if drained else SLACK
    out = console()
    try:
        verdicts = check(
            _urls(databases),
            _ledger(ledger),
            drained=drained,
            slack_seconds=slack_seconds,
            queue_was_lost=queue_was_lost,
        )
    except (SQLAlchemyError, requests.RequestException, NoLedger) as wrong:
        reason = str(wrong).partition("\n")[0]
        raise click.ClickException(f"The data cannot be read: {reason}") from None
    for verdict in verdicts:
        _show(out, verdict)
    _conclude(out, verdicts, drained=drained, slack=slack_seconds)
    return int(any(verdict.rows for verdict in verdicts))


def _urls(databases: Mapping[str, str]) -> dict[str, str]:
    urls = dict(databases)
    if missing := [name for name in SERVICES if name not in urls]:
        target = targets.chosen()
        urls |= {name: target.database(name) for name in missing}
    for name, address in urls.items():
        url = make_url(address)
        is_file = url.get_backend_name() == "sqlite"
        if is_file and not Path(url.database or "").is_file():
            raise click.ClickException(
                f"{name} has no database at {url.database}: make run makes it."
            )
    return urls


def _ledger(address: str) -> Mapping[str, Any]:
    if address == NONE:
        return {}
    return fetch(address) if address else targets.chosen().ledger()


def _show(out: Console, verdict: Verdict) -> None:
    mark = "[red]✗[/]" if verdict.rows else "[green]✓[/]"
    if verdict.is_skipped:
        mark = "[yellow]-[/]"
    out.print(f"{mark} {verdict.id}  {escape(verdict.statement)}", soft_wrap=True)
    for row in verdict.rows[:SHOWN]:
        facts = ", ".join(f"{name} {value}" for name, value in row.items())
        out.print(f"       [red]{escape(facts)}[/]", soft_wrap=True)
    if len(verdict.rows) > SHOWN:
        out.print(f"       [red]and {len(verdict.rows) - SHOWN} more[/]")


def _conclude(
    out: Console, verdicts: list[Verdict], *, drained: bool, slack: float
) -> None:
    if not drained:
        ids = ", ".join(one.id for one in INVARIANTS if one.when != ALWAYS)
        out.print(
            f"[dim]Orders may be in progress: {ids} were checked on rows that have not "
            f"changed for {slack:.0f} s. When nothing is in progress: --drained.[/]"
        )
    if skipped := [verdict.id for verdict in verdicts if verdict.is_skipped]:
        names = ", ".join(skipped)
        out.print(
            f"[yellow]{names} not checked: there is no ledger of the provider.[/]"
        )
    if broken := [verdict.id for verdict in verdicts if verdict.rows]:
        out.print(f"[bold red]Violated:[/] {', '.join(broken)}.")
        out.print(NEXT)
    else:
        held = len(verdicts) - len(skipped)
        out.print(f"[bold green]All {held} hold.[/]")
