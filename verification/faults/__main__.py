"""`make faults`: smoke, the sweep of the failpoints, random runs, long outages."""

import collections
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from devtools.terminal import end_on_sigterm
from verification.faults import report
from verification.faults.failpoints import EVERY
from verification.faults.outages import SECONDS, outages
from verification.faults.plans import ALL, CHOICES
from verification.faults.runs import Result, suffer
from verification.faults.sweep import all_points
from verification.faults.trials import SEED, carry_out, opened, show

SMOKE_SECONDS = 15.0
SMOKE_POINTS = 5
# The first of the points, and the seeds, on each database.
SMOKE = {"sqlite": (0, (1,)), "postgresql": (7, (2, 3))}


@click.group(invoke_without_command=True)
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]))
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Keep all files in this folder."
)
@click.pass_context
def main(context: click.Context, database: str | None, keep: Path | None) -> None:
    """Inject faults into a running shop and check its invariants."""
    end_on_sigterm()
    context.obj = {"databases": [database] if database else None, "keep": keep}
    if context.invoked_subcommand is None:
        context.invoke(smoke)


@main.command()
@click.pass_obj
def smoke(options: dict[str, Any]) -> None:
    """Ten failpoints and three random runs, on both databases at the same time."""
    if not options["databases"]:
        finish_all([subprocess.Popen(_myself(name)) for name in SMOKE])
    (database,) = options["databases"]
    first, seeds = SMOKE[database]
    some = all_points((1,))[first :: len(EVERY) // SMOKE_POINTS][:SMOKE_POINTS]
    finish(carry_out(database, options["keep"], some, seeds, SMOKE_SECONDS))


def _myself(database: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "verification.faults",
        "--database",
        database,
        "smoke",
    ]


def finish_all(halves: list[subprocess.Popen[bytes]]) -> None:
    """Wait for both; exit with 1 when an invariant was violated on either."""
    sys.exit(max(half.wait() for half in halves))


@main.command(name="sweep")
@click.argument("names", nargs=-1)
@click.option(
    "--nth", type=int, multiple=True, help="The passing at which to kill: 1, 2 or 5."
)
@click.pass_obj
def sweep_command(
    options: dict[str, Any], names: tuple[str, ...], nth: tuple[int, ...]
) -> None:
    """Kill a process at every failpoint and passing, or at those named."""
    points = all_points(nth) if nth else all_points()
    if names:
        points = [(p, n) for p, n in points if p.name in names or p.process in names]
    results = []
    for database in options["databases"] or ["sqlite", "postgresql"]:
        results += carry_out(database, options["keep"], points, (), 0)
    finish(results)


@main.command()
@click.option("--runs", default=50, help="Number of runs on each database.")
@click.option("--seed", default=SEED, help="Seed of the first run.")
@click.option("--seconds", default=20.0, help="Duration of each run.")
@click.option(
    "--kinds",
    type=click.Choice([*CHOICES]),
    default=ALL,
    help="Draw from all faults of processes, connections and the provider; only from "
    "what the provider's side does by itself; or from what hostile clients do.",
)
@click.pass_obj
def campaign(
    options: dict[str, Any], runs: int, seed: int, seconds: float, kinds: str
) -> None:
    """Random runs: customers buy while a seeded plan injects faults."""
    results = []
    for database in options["databases"] or ["sqlite", "postgresql"]:
        seeds = range(seed, seed + runs)
        results += carry_out(database, options["keep"], [], seeds, seconds, kinds)
    finish(results)


@main.command(name="outages")
@click.argument("names", nargs=-1)
@click.pass_obj
def outages_command(options: dict[str, Any], names: tuple[str, ...]) -> None:
    """Run every outage of one minute, or those named."""
    results = []
    for database in options["databases"] or ["sqlite", "postgresql"]:
        with opened(database, options["keep"]) as (stack, found):
            for name, plan in outages(database):
                if names and name not in names:
                    continue
                result = suffer(stack, name, plan, SECONDS, SEED)
                found.append(show(result, name))
                result.save(stack)
        results += found
    finish(results)


@main.command(name="report")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), required=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the report to this file."
)
def report_command(folders: tuple[Path, ...], out: Path | None) -> None:
    """Summarise the results that --keep has saved."""
    results = report.load(folders)
    page = out.read_text() if out and out.exists() else ""
    text = report.write(results, page)
    if out:
        out.write_text(text)
    click.echo(text)


def finish(results: list[Result]) -> None:
    """Print the summary; exit with 1 when an invariant was violated."""
    click.echo(report.summary(results))
    bad = collections.Counter(v["id"] for r in results for v in r.violations)
    if bad:
        click.echo(f"Violations: {dict(bad)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
