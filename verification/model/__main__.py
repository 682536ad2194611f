"""`make model`: the saga's models, or a mutation of them, and what the search finds."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table

from devtools.layout import ROOT
from devtools.terminal import console, end_on_sigterm
from verification.model import page
from verification.model.cells import is_never
from verification.model.models import MODELS, build
from verification.model.mutations import MUTATIONS, Mutation
from verification.model.rules import Rules
from verification.model.search import Report, Search, in_words, run

ALL = "mutations"


@dataclass(frozen=True)
class Wish:
    """One search that was asked for."""

    model: str
    mutation: Mutation | None = None

    @property
    def title(self) -> str:
        """Say what is searched."""
        return f"{self.model}: {self.mutation.broken}" if self.mutation else self.model

    @property
    def loss(self) -> bool:
        """Say whether messages may get lost: a whole model bears that as well."""
        return self.mutation is None or self.mutation.loss

    @property
    def expected(self) -> str:
        """Return a part of the violation that must be found."""
        return self.mutation.finds if self.mutation else ""

    def is_met(self, report: Report) -> bool:
        """Say whether the search found what it must, and nothing else."""
        if not self.expected:
            return not report.violation
        return self.expected in report.violation


@click.command()
@click.argument("names", nargs=-1)
@click.option("--stories", is_flag=True, help="Tell how cells marked never are met.")
@click.option("--write", is_flag=True, help="Write docs/model.md and search nothing.")
def main(names: tuple[str, ...], stories: bool, write: bool) -> None:
    """Search the models, all unless named; or mutations; or all of `mutations`."""
    end_on_sigterm()
    if write:
        page.write()
        click.echo(f"Written: {page.PATH.relative_to(ROOT)}")
        return
    out, table = console(), _table()
    good = True
    for wish in wishes(names):
        search = _search(out, wish)
        good = wish.is_met(search.report) and good
        table.add_row(*_row(wish, search.report))
        if search.report.violation:
            _tell(out, wish, search.report)
        if stories:
            _tell_never(out, search)
    out.print(table)
    out.print("What was expected." if good else "[red]Not what was expected.[/]")
    sys.exit(not good)


def wishes(names: Iterable[str]) -> list[Wish]:
    """Return the searches that the names ask for."""
    found: list[Wish] = []
    for name in names or MODELS:
        if name in MODELS:
            found.append(Wish(name))
            continue
        wanted = [m for m in MUTATIONS if name in (ALL, m.broken)]
        if not wanted:
            known = ", ".join([*MODELS, ALL])
            where = page.PATH.relative_to(ROOT)
            raise click.BadParameter(
                f"{name} is none of {known}, nor a mutation: {where} lists them."
            )
        found += [Wish(mutation.model, mutation) for mutation in wanted]
    return found


def _search(out: Console, wish: Wish) -> Search:
    with out.status(wish.title) as status:

        def tell(states: int) -> None:
            status.update(f"{wish.title}: {states:,} states")

        rules = Rules(wish.mutation.broken if wish.mutation else None)
        search = run(Search(build(wish.model, rules, loss=wish.loss), tell))
    report = search.report
    out.print(f"• {wish.title}: {report.states:,} states, {report.seconds:.1f} s")
    return search


def _table() -> Table:
    table = Table(title="Models", title_justify="left", header_style="bold")
    for heading in ("", "States", "Transitions", "Verdict", "Time"):
        table.add_column(
            heading, justify="left" if heading in ("", "Verdict") else "right"
        )
    return table


def _row(wish: Wish, report: Report) -> tuple[str, ...]:
    verdict = report.violation or "every state is good, and so is where it leads"
    colour = "green" if wish.is_met(report) else "red"
    numbers = (f"{report.states:,}", f"{report.transitions:,}")
    return wish.title, *numbers, f"[{colour}]{verdict}[/]", f"{report.seconds:.1f} s"


def _tell(out: Console, wish: Wish, report: Report) -> None:
    """Print a violation: the rule that was left out, and the steps to it."""
    if wish.mutation:
        out.print(f"  Left out: {wish.mutation.rule}.")
    out.print(f"  Found: {report.violation}. These steps lead there:")
    for number, step in enumerate(report.story, 1):
        out.print(f"  {number:4d}. {step}", markup=False)
    out.print("        and then what goes on without any fault.")


def _tell_never(out: Console, search: Search) -> None:
    """Print how each cell that is marked never was met."""
    for key, state in search.model.rules.taken.items():
        if is_never(key):
            met = f"  {in_words(key)} is met, when no more happens, after:"
            out.print(met, markup=False)
            for step in search.story(state):
                out.print(f"      {step}", markup=False)


if __name__ == "__main__":
    main()
