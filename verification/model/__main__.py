"""`make model`: runs the model checker on the saga's models, or on a mutation."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table

from devtools.layout import ROOT
from devtools.terminal import console, end_on_sigterm
from verification.model import page
from verification.model.cells import is_impossible
from verification.model.models import MODELS, build
from verification.model.mutations import MUTATIONS, Mutation
from verification.model.rules import Rules
from verification.model.search import Report, Search, in_words, run

ALL = "mutations"


@dataclass(frozen=True)
class Task:
    """One search to run."""

    model: str
    mutation: Mutation | None = None

    @property
    def title(self) -> str:
        """Return the name of the search."""
        return f"{self.model}: {self.mutation.broken}" if self.mutation else self.model

    @property
    def loss(self) -> bool:
        """Return whether messages may be lost: an unchanged model survives that."""
        return self.mutation is None or self.mutation.loss

    @property
    def expected(self) -> str:
        """Return a part of the text of the expected violation."""
        return self.mutation.finds if self.mutation else ""

    def is_met(self, report: Report) -> bool:
        """Return whether the search found exactly what is expected."""
        if not self.expected:
            return not report.violation
        return self.expected in report.violation


@click.command()
@click.argument("names", nargs=-1)
@click.option("--traces", is_flag=True, help="Show how impossible cells are met.")
@click.option("--write", is_flag=True, help="Only write docs/model.md.")
def main(names: tuple[str, ...], traces: bool, write: bool) -> None:
    """Check models or mutations by name, all models, or all `mutations`."""
    end_on_sigterm()
    if write:
        page.write()
        click.echo(f"Written: {page.PATH.relative_to(ROOT)}")
        return
    out, table = console(), _table()
    good = True
    for task in tasks(names):
        search = _search(out, task)
        good = task.is_met(search.report) and good
        table.add_row(*_row(task, search.report))
        if search.report.violation:
            _show(out, task, search.report)
        if traces:
            _show_impossible(out, search)
    out.print(table)
    out.print(
        "The result is as expected."
        if good
        else "[red]The result is not as expected.[/]"
    )
    sys.exit(not good)


def tasks(names: Iterable[str]) -> list[Task]:
    """Return the searches for these names."""
    found: list[Task] = []
    for name in names or MODELS:
        if name in MODELS:
            found.append(Task(name))
            continue
        wanted = [m for m in MUTATIONS if name in (ALL, m.broken)]
        if not wanted:
            known = ", ".join([*MODELS, ALL])
            where = page.PATH.relative_to(ROOT)
            raise click.BadParameter(
                f"{name} is none of {known}, nor a mutation: {where} lists them."
            )
        found += [Task(mutation.model, mutation) for mutation in wanted]
    return found


def _search(out: Console, task: Task) -> Search:
    with out.status(task.title) as status:

        def progress(states: int) -> None:
            status.update(f"{task.title}: {states:,} states")

        rules = Rules(task.mutation.broken if task.mutation else None)
        search = run(Search(build(task.model, rules, loss=task.loss), progress))
    report = search.report
    out.print(f"• {task.title}: {report.states:,} states, {report.seconds:.1f} s")
    return search


def _table() -> Table:
    table = Table(title="Models", title_justify="left", header_style="bold")
    for heading in ("", "States", "Transitions", "Verdict", "Time"):
        table.add_column(
            heading, justify="left" if heading in ("", "Verdict") else "right"
        )
    return table


def _row(task: Task, report: Report) -> tuple[str, ...]:
    verdict = report.violation or "no invariant is violated"
    colour = "green" if task.is_met(report) else "red"
    numbers = (f"{report.states:,}", f"{report.transitions:,}")
    return task.title, *numbers, f"[{colour}]{verdict}[/]", f"{report.seconds:.1f} s"


def _show(out: Console, task: Task, report: Report) -> None:
    """Print a violation: the mutation, and the counterexample."""
    if task.mutation:
        out.print(f"  Rule left out: {task.mutation.rule}.")
    out.print(f"  Violation: {report.violation}. Counterexample:")
    for number, step in enumerate(report.counterexample, 1):
        out.print(f"  {number:4d}. {step}", markup=False)
    out.print("        then the recovery without further faults.")


def _show_impossible(out: Console, search: Search) -> None:
    """Print a trace to each impossible cell that was met."""
    for key, state in search.model.rules.used.items():
        if is_impossible(key):
            met = f"  {in_words(key)} is met in the recovery after:"
            out.print(met, markup=False)
            for step in search.trace(state):
                out.print(f"      {step}", markup=False)


if __name__ == "__main__":
    main()
