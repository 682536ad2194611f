"""Runs generated mutants: all of the chosen modules, or a seeded sample."""

import os
import random
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from devtools.terminal import console, end_on_sigterm
from verification.mutation import excuses, page, results, score, targets, workspace
from verification.mutation.results import Mutant, Status
from verification.mutation.score import Row
from verification.mutation.targets import Target

GOAL = 90.0  # percent
AGAIN = (Status.SURVIVED, Status.TIMEOUT)


def run(names: tuple[str, ...], sample: int, seed: int, *, writes: bool) -> int:
    """Run the mutants of the modules whose path contains one of the names.

    A sample of 0 means all. Mutants with a result are not run again, except for
    survivors and those that ran out of time. Returns 0 when the goal is reached and
    every survivor is excused.
    """
    end_on_sigterm()
    for target, paths in targets.chosen(names):
        _run_package(target, paths, sample, seed)
    allowed, rows = excuses.read(), _rows()
    if writes:
        page.write(rows, allowed)
    return int(not show(rows, allowed))


def pending(mutants: Sequence[Mutant], sample: int, seed: int) -> list[str]:
    """Return the mutants to run: open ones of the sample, and survivors.

    So are those that ran out of time, for that may be due to a busy machine.

    The sample is drawn from all mutants that can be tested, so that a repeated run
    draws the same ones and continues.
    """
    able = [m for m in mutants if m.status not in (Status.TEXT, Status.TYPES)]
    count = min(sample or len(able), len(able))
    drawn = set(random.Random(seed).sample([m.name for m in able], count))
    is_drawn = {m.name for m in able if m.status == Status.OPEN} & drawn
    return sorted(is_drawn | {m.name for m in able if m.status in AGAIN})


def show(rows: Sequence[Row], allowed: Sequence[excuses.Excuse]) -> bool:
    """Print the score and the survivors; return whether the result is good."""
    console().print(_table(rows))
    unknown = [
        (each, mutant)
        for each in rows
        for mutant in each.survivors
        if score.excuse_of(allowed, each, mutant) is None
    ]
    for each, mutant in unknown:
        lines = f"- {mutant.was}\n    + {mutant.becomes}"
        text = f"✗ {each.module} {mutant.function}\n    {lines}"
        console().print(text, markup=False, highlight=False)
    return not unknown and _reaches_goal(rows)


def _run_package(target: Target, paths: list[Path], sample: int, seed: int) -> None:
    console().rule(f"[bold]{target.package}[/]", align="left")
    folder = workspace.prepare(target)
    workspace.generate(folder)
    found = [mutant for path in paths for mutant in results.read(folder, path)]
    if names := pending(found, sample, seed):
        workspace.test(folder, names, os.cpu_count() or 1)


def _rows() -> list[Row]:
    """Count what is known of all packages, also from earlier runs."""
    return [
        score.row(target.package, mutants)
        for target in targets.TARGETS
        for path in target.modules()
        if (mutants := results.read(workspace.folder(target), path))
    ]


def _reaches_goal(rows: Sequence[Row]) -> bool:
    counts = score.total(rows)
    tested = counts[Status.KILLED] + counts[Status.SURVIVED]
    return bool(tested) and 100 * counts[Status.KILLED] >= GOAL * tested


def _table(rows: Sequence[Row]) -> Table:
    table = Table(title="Mutation", title_justify="left", header_style="bold")
    for heading in ("Module", "Tested", "Killed", "Survived", "Score"):
        table.add_column(heading, justify="left" if heading == "Module" else "right")
    for each in [*rows, Row("all", score.total(rows), ())]:
        killed, alive = (each.counts[s] for s in (Status.KILLED, Status.SURVIVED))
        numbers = (each.tested, killed, alive, score.percent(each.counts))
        if each.tested:
            table.add_row(each.module, *map(str, numbers))
    return table
