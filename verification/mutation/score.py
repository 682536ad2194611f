"""How many mutants of each module were tested and killed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from verification.mutation.excuses import Excuse
from verification.mutation.results import Mutant, Status


@dataclass(frozen=True)
class Row:
    """The mutants of one module, counted by status; `module` starts at the root."""

    module: str
    counts: Counter[Status]
    survivors: tuple[Mutant, ...]

    @property
    def tested(self) -> int:
        """How many mutants were tested: those that were killed or survived."""
        return self.counts[Status.KILLED] + self.counts[Status.SURVIVED]


def row(package: str, mutants: Iterable[Mutant]) -> Row:
    """Count the mutants of one module."""
    found = list(mutants)
    return Row(
        f"{package}/{found[0].module}",
        Counter(mutant.status for mutant in found),
        tuple(mutant for mutant in found if mutant.status == Status.SURVIVED),
    )


def total(rows: Iterable[Row]) -> Counter[Status]:
    """Return the counts of all modules together."""
    return sum((each.counts for each in rows), Counter[Status]())


def percent(counts: Counter[Status]) -> str:
    """Return killed mutants as a percentage of the tested ones; survivors count."""
    tested = counts[Status.KILLED] + counts[Status.SURVIVED]
    return f"{100 * counts[Status.KILLED] / tested:.1f} %" if tested else "-"


def excuse_of(excuses: Iterable[Excuse], each: Row, mutant: Mutant) -> Excuse | None:
    """Return why a survivor may live, or None."""
    package = each.module.partition("/")[0]
    return next((one for one in excuses if one.covers(package, mutant)), None)
