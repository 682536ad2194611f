"""docs/mutants.md: which rule each mutant lacks, and who notices."""

from collections.abc import Sequence

from devtools.layout import ROOT
from verification.mutants.table import Mutant

PATH = ROOT / "docs" / "mutants.md"
HEAD = """# Mutants

Each line is this code with one rule left out, and the tests that fail for it: a test
that no mutant fails proves nothing. `make mutants` makes them all in a copy of the
tree and runs those tests; it has written this page.

| mutant | the rule | killed by | on |
| --- | --- | --- | --- |
"""


def text(mutants: Sequence[Mutant]) -> str:
    """Return the page of these mutants."""
    return HEAD + "".join(map(_line, mutants))


def _line(mutant: Mutant) -> str:
    killers = "<br>".join(map(_killer, mutant.killers))
    name = f"[{mutant.name}](../{mutant.patch})"
    return f"| {name} | {mutant.rule} | {killers} | {mutant.database} |\n"


def _killer(killer: str) -> str:
    path, _, name = killer.partition("::")
    return f"`{name}` in [{path}](../{path})"
