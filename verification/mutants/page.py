"""Writes the first part of docs/mutants.md: the rules, and the failing tests.

The second part, the score of generated mutants, is written by `make mutation`.
"""

from collections.abc import Sequence

from devtools.layout import ROOT
from verification.mutants.table import Mutant

PATH = ROOT / "docs" / "mutants.md"
SCORE = "## Score of generated mutants\n"
HEAD = """# Mutants

A mutant is the code with one rule left out. The listed tests must fail for it.
`make mutants` applies each patch to a copy of the repository, runs these tests and
writes this table. [The last section](#score-of-generated-mutants) gives the score of
mutants that a tool generates.

| mutant | the rule | killed by | on |
| --- | --- | --- | --- |
"""


def text(mutants: Sequence[Mutant]) -> str:
    """Return the part of the page that lists these mutants."""
    return HEAD + "".join(map(_line, mutants)) + "\n"


def write(mutants: Sequence[Mutant]) -> None:
    """Replace the list of these mutants; the score that follows it stays."""
    _, heading, score = PATH.read_text().partition(SCORE)
    PATH.write_text(text(mutants) + heading + score)


def _line(mutant: Mutant) -> str:
    killers = "<br>".join(map(_killer, mutant.killers))
    name = f"[{mutant.name}](../{mutant.patch})"
    return f"| {name} | {mutant.rule} | {killers} | {mutant.database} |\n"


def _killer(killer: str) -> str:
    path, _, name = killer.partition("::")
    return f"`{name}` in [{path}](../{path})"
