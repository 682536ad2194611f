"""`make faults`: the sweep of the crash points, then the random campaign."""

import collections
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from faults import report
from faults.points import EVERY
from faults.runs import Result, run
from faults.stack import Stack
from faults.sweep import all_points, sweep
from shop.terminal import end_on_sigterm

SMOKE_SECONDS = 15.0
SMOKE_POINTS = 5
# The first of the points, and the seeds, on each database.
SMOKE = {"sqlite": (0, (1,)), "postgresql": (7, (2, 3))}
SEED = 1


@click.group(invoke_without_command=True)
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]))
@click.option("--keep", type=click.Path(path_type=Path), help="Keep all files there.")
@click.pass_context
def main(context: click.Context, database: str | None, keep: Path | None) -> None:
    """Break the shop in every known way and see that its promises hold."""
    end_on_sigterm()
    context.obj = {"databases": [database] if database else None, "keep": keep}
    if context.invoked_subcommand is None:
        context.invoke(smoke)


@main.command()
@click.pass_obj
def smoke(options: dict[str, Any]) -> None:
    """Ten crash points and three random runs, on both databases at the same time."""
    if not options["databases"]:
        finish_all([subprocess.Popen(_myself(name)) for name in SMOKE])
    (database,) = options["databases"]
    first, seeds = SMOKE[database]
    some = all_points((1,))[first :: len(EVERY) // SMOKE_POINTS][:SMOKE_POINTS]
    finish(carry_out(database, options["keep"], some, seeds, SMOKE_SECONDS))


def _myself(database: str) -> list[str]:
    return [sys.executable, "-m", "faults", "--database", database, "smoke"]


def finish_all(halves: list[subprocess.Popen[bytes]]) -> None:
    """Wait for both; end with 1 when a promise was broken on either."""
    sys.exit(max(half.wait() for half in halves))


@main.command(name="sweep")
@click.argument("names", nargs=-1)
@click.option("--nth", type=int, multiple=True, help="Which passing: 1, 2 and 5.")
@click.pass_obj
def sweep_command(
    options: dict[str, Any], names: tuple[str, ...], nth: tuple[int, ...]
) -> None:
    """Die at every crash point, or at those named, and at each passing."""
    points = all_points(nth) if nth else all_points()
    if names:
        points = [(p, n) for p, n in points if p.name in names or p.process in names]
    results = []
    for database in options["databases"] or ["sqlite", "postgresql"]:
        results += carry_out(database, options["keep"], points, (), 0)
    finish(results)


@main.command()
@click.option("--runs", default=50, help="How many, on each database.")
@click.option("--seed", default=SEED, help="The first one's seed.")
@click.option("--seconds", default=20.0, help="How long customers and faults act.")
@click.pass_obj
def campaign(options: dict[str, Any], runs: int, seed: int, seconds: float) -> None:
    """Random runs: customers buy while a seeded plan breaks things."""
    results = []
    for database in options["databases"] or ["sqlite", "postgresql"]:
        seeds = range(seed, seed + runs)
        results += carry_out(database, options["keep"], [], seeds, seconds)
    finish(results)


@main.command(name="report")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write it there.")
def report_command(folders: tuple[Path, ...], out: Path | None) -> None:
    """Sum up the results that --keep has kept."""
    results = report.load(folders)
    text = report.write(results)
    if out:
        out.write_text(text)
    click.echo(text)


def carry_out(
    database: str, keep: Path | None, points: list, seeds: Iterable[int], seconds: float
) -> list[Result]:
    """Sweep points and run seeds on one database."""
    folder = Path(tempfile.mkdtemp(prefix=f"shop-faults-{database}-"))
    click.echo(f"• {database}: making the databases and the shop")
    stack = Stack(folder, database, SEED)
    results: list[Result] = []
    try:
        for result in sweep(stack, points, SEED):
            results.append(show(result, f"sweep {result.name}"))
            result.save(stack)
        for seed in seeds:
            results.append(show(run(stack, seed, seconds), f"seed {seed}"))
            results[-1].save(stack)
    finally:
        stack.close()
        store(folder, keep, database, is_needed=any(r.violations for r in results))
    return results


def show(result: Result, title: str) -> Result:
    """Print what became of a run, with the command that repeats it."""
    good = not result.violations
    mark = click.style("✓", fg="green") if good else click.style("✗", fg="red")
    faults = ", ".join(f"{k} {n}" for k, n in sorted(result.faults.items()))
    crash = "crashed" if result.crashed_at else ""
    click.echo(
        f"{mark} {result.database:<10} {title:<58} {result.seconds:5.1f} s  "
        f"{result.orders:3d} orders  drained in {result.drain_seconds:4.1f} s  "
        f"{faults}{crash}"
    )
    if not good:
        for violation in result.violations[:20]:
            click.echo(f"    {violation['id']}: {violation['row']}")
        click.echo(f"    again: {again(result)}")
    return result


def again(result: Result) -> str:
    """Return the one command that repeats a run."""
    words = f"--database {result.database}"
    if result.name.isdigit():
        return f'make faults ARGS="{words} campaign --runs 1 --seed {result.name}"'
    name, _, nth = result.name.split(" ")[1].partition(":")
    return f'make faults ARGS="{words} sweep --nth {nth} {name}"'


def store(folder: Path, keep: Path | None, database: str, *, is_needed: bool) -> None:
    """Keep the files of the runs where asked, or where something went wrong."""
    if keep:
        target = keep / database
        target.mkdir(parents=True, exist_ok=True)
        with (target / "results.jsonl").open("a") as out:
            lines = folder / "results.jsonl"
            out.write(lines.read_text() if lines.exists() else "")
    if is_needed:
        click.echo(f"  Its logs and histories: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def finish(results: list[Result]) -> None:
    """Print the summary; end with 1 when a promise was broken."""
    click.echo(report.summary(results))
    bad = collections.Counter(v["id"] for r in results for v in r.violations)
    if bad:
        click.echo(f"Broken: {dict(bad)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
