"""Writes docs/mutants.md: the rule that each mutant lacks, and the failing tests."""

from collections.abc import Sequence

from devtools.layout import ROOT
from verification.mutants.table import Mutant

PATH = ROOT / "docs" / "mutants.md"
HEAD = """# Mutants

A mutant is the code with one rule left out. The listed tests must fail for it.
`make mutants` applies each patch to a copy of the repository, runs these tests and
writes this page.

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
