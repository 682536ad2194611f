"""Trials: runs and visits in one shop; prints results and keeps files of failures."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from verification.faults.failpoints import Point
from verification.faults.outages import OUTAGES
from verification.faults.plans import ALL
from verification.faults.runs import Result, run
from verification.faults.stack import Stack
from verification.faults.sweep import sweep

SEED = 1


def carry_out(
    database: str,
    keep: Path | None,
    points: Sequence[tuple[Point, int]],
    seeds: Iterable[int],
    seconds: float,
    kinds: str = ALL,
) -> list[Result]:
    """Sweep failpoints and run seeds on one database."""
    with opened(database, keep) as (stack, results):
        for result in sweep(stack, points, SEED):
            results.append(show(result, f"sweep {result.name}"))
            result.save(stack)
        for seed in seeds:
            name = f"seed {seed}" if kinds == ALL else f"seed {seed} of {kinds}"
            results.append(show(run(stack, seed, seconds, kinds), name))
            results[-1].save(stack)
    return results


@contextmanager
def opened(database: str, keep: Path | None) -> Iterator[tuple[Stack, list[Result]]]:
    """Open a shop and the list of what is found in it; keep its files if needed."""
    folder = Path(tempfile.mkdtemp(prefix=f"shop-faults-{database}-"))
    click.echo(f"• {database}: making the databases and the shop")
    stack = Stack(folder, database, SEED)
    results: list[Result] = []
    try:
        yield stack, results
    finally:
        stack.close()
        store(folder, keep, database, is_needed=any(r.violations for r in results))


def show(result: Result, title: str) -> Result:
    """Print the result of a run, with the command that repeats it."""
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
    if result.name in OUTAGES:
        return f"make faults ARGS=\"{words} outages '{result.name}'\""
    if result.name.isdigit():
        kinds = "" if result.kinds == ALL else f"--kinds {result.kinds} "
        words += f" campaign {kinds}--runs 1"
        return f'make faults ARGS="{words} --seed {result.name}"'
    name, _, nth = result.name.split(" ")[1].partition(":")
    return f'make faults ARGS="{words} sweep --nth {nth} {name}"'


def store(folder: Path, keep: Path | None, database: str, *, is_needed: bool) -> None:
    """Keep the files of the runs if requested, or if an invariant was violated."""
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
