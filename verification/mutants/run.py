"""Mutation testing: apply each patch to a copy, and check that its killers fail."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from rich.markup import escape
from rich.table import Table

from devtools.layout import ROOT
from devtools.local import postgres
from devtools.terminal import console, end_on_sigterm
from verification.mutants import page
from verification.mutants.copy import Broken, Copy
from verification.mutants.table import POSTGRESQL, Mutant, read


def run(names: Sequence[str] = ()) -> int:
    """Run all mutants, or those named; return 0 when every killer fails.

    A successful run of all mutants writes their list in docs/mutants.md.
    """
    end_on_sigterm()
    chosen = [mutant for mutant in read() if not names or mutant.name in names]
    with _copies() as copies, _databases(chosen) as databases:
        faults = _control(copies[0], chosen, databases)
        faults += _try_all(copies, chosen, databases)
    for fault in faults:
        console().print(f"[red]✗[/] {escape(fault)}")
    if not faults and not names:
        page.write(chosen)
    _show(chosen, faults)
    return int(bool(faults) or not chosen)


@contextlib.contextmanager
def _copies() -> Iterator[list[Copy]]:
    """Yield as many copies as there are cores, four at most."""
    with tempfile.TemporaryDirectory(prefix="shop-mutants-") as folder:
        names = range(min(4, os.cpu_count() or 1))
        copies = [Copy(Path(folder) / str(name)) for name in names]
        for copy in copies:
            copy.check()
        yield copies


@contextlib.contextmanager
def _databases(mutants: Sequence[Mutant]) -> Iterator[dict[str, str]]:
    """Yield the value of TEST_DATABASE for each database that is needed."""
    found = dict.fromkeys((mutant.database for mutant in mutants), "")
    with contextlib.ExitStack() as stack:
        if POSTGRESQL in found:
            found[POSTGRESQL] = stack.enter_context(postgres.server())
        yield found


def _control(
    copy: Copy, mutants: Sequence[Mutant], databases: dict[str, str]
) -> list[str]:
    """Return the killers that do not pass for the unchanged code."""
    faults = []
    for database, url in databases.items():
        killers = {k for m in mutants if m.database == database for k in m.killers}
        seen = copy.run(tuple(sorted(killers)), url)
        is_good = seen.held and not seen.failed and not seen.broken
        console().print(f"{seen.held} tests of killers pass on {database}")
        if not is_good:
            faults.append(f"killers do not pass for the unchanged code on {database}")
    return faults


def _try_all(
    copies: Sequence[Copy], mutants: Sequence[Mutant], databases: dict[str, str]
) -> list[str]:
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(mutant: Mutant) -> list[str]:
        copy = free.get()
        try:
            return _try(copy, mutant, databases[mutant.database])
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return [fault for faults in pool.map(one, mutants) for fault in faults]


def _try(copy: Copy, mutant: Mutant, url: str) -> list[str]:
    """Return the faults of a mutant: a patch that does not apply, surviving killers."""
    started = time.monotonic()
    try:
        with copy.without_rule(ROOT / mutant.patch):
            faults = [
                f"{mutant.name} survives {killer}"
                for killer in mutant.killers
                if not copy.run((killer,), url).failed
            ]
    except Broken as why:
        faults = [f"{mutant.name} cannot be applied: {why}"]
    mark = "[red]✗[/]" if faults else "[green]✓[/]"
    seconds = f"{time.monotonic() - started:5.1f} s"
    console().print(f"{mark} [dim]{seconds}[/]  {mutant.name}")
    return faults


def _show(mutants: Sequence[Mutant], faults: Sequence[str]) -> None:
    table = Table(title="Mutants", title_justify="left", header_style="bold")
    for heading in ("Mutant", "Rule left out", "Killed by"):
        table.add_column(heading, overflow="fold")
    for mutant in mutants:
        names = "\n".join(killer.rpartition("::")[2] for killer in mutant.killers)
        alive = any(fault.startswith(f"{mutant.name} ") for fault in faults)
        table.add_row(
            mutant.name, mutant.rule, "[red]no test[/]" if alive else escape(names)
        )
    console().print(table)
