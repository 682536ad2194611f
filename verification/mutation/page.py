"""Writes the last section of docs/mutants.md: the score of generated mutants."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from devtools.layout import ROOT
from verification.mutants.page import PATH, SCORE
from verification.mutation.excuses import Excuse
from verification.mutation.results import Mutant, Status
from verification.mutation.score import Row, excuse_of, percent, total

INTRODUCTION = """
`make mutation` lets [mutmut](https://github.com/boxed/mutmut) generate mutants of the
modules that money and stock depend on: it changes an operator, a number, a text, an
argument or an assignment at a time. Each mutant is tested on SQLite by the tests of its
own package that call the changed function, up to the first failure. Not tested are

- mutants that the type checker finds (*types*): `make lint` fails for them;
- mutants that change only a text for people or a log line (*texts*);
- functions with a decorator and code outside of functions, which mutmut does not
  mutate, and functions that run while modules are imported. The tables of transitions
  are such code: every cell is in [states.md](states.md), and a test fails when the page
  and the code differ.

*Open* mutants were not tested: they were not drawn in the sample, or the run was ended
before them. mutmut begins with the mutants whose tests are quick, so the score of a
module with open mutants may differ from that of all. The tests of a mutant in the
column *timeout* did not end in time; it counts neither as killed nor as survived. The
score is killed / (killed + survived); excused survivors count as survivors.
"""
COLUMNS = {
    "types": Status.TYPES,
    "texts": Status.TEXT,
    "open": Status.OPEN,
    "timeout": Status.TIMEOUT,
    "killed": Status.KILLED,
    "survived": Status.SURVIVED,
}
HEADINGS = ("module", "mutants", *COLUMNS, "score")


def write(rows: Sequence[Row], excuses: Sequence[Excuse], path: Path = PATH) -> None:
    """Replace the section of the score; the list of patches before it stays."""
    before = path.read_text().partition(SCORE)[0]
    path.write_text(before + text(rows, excuses, _commit()))


def text(rows: Sequence[Row], excuses: Sequence[Excuse], commit: str) -> str:
    """Return the section: numbers of the modules that were tested, and survivors."""
    tested = [each for each in rows if each.tested]
    lines = [f"| {' | '.join(HEADINGS)} |", "| --- |" + " ---: |" * (len(HEADINGS) - 1)]
    lines += [_line(f"`{each.module}`", each) for each in tested]
    lines.append(_line("all", Row("", total(tested), ())))
    left_out = len(rows) - len(tested)
    return "\n".join(
        (
            f"{SCORE}{INTRODUCTION}",
            f"Tested at commit `{commit}`, without {left_out} further modules.",
            "",
            *lines,
            "",
            *_survivors(tested, excuses),
            "",
        )
    )


def _line(name: str, each: Row) -> str:
    counts = each.counts
    columns = (counts[status] for status in COLUMNS.values())
    numbers = (counts.total(), *columns, percent(counts))
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def _survivors(rows: Sequence[Row], excuses: Sequence[Excuse]) -> list[str]:
    lines = [
        _survivor(each, mutant, excuse_of(excuses, each, mutant))
        for each in rows
        for mutant in each.survivors
    ]
    head = "| survivor | the line | becomes | why it may live |"
    return (
        [head, "| --- | --- | --- | --- |", *lines]
        if lines
        else ["No mutant survives."]
    )


def _survivor(each: Row, mutant: Mutant, excuse: Excuse | None) -> str:
    place = f"`{mutant.function}` in `{each.module}`"
    why = excuse.why if excuse else "**not known yet**"
    return f"| {place} | {_code(mutant.was)} | {_code(mutant.becomes)} | {why} |"


def _code(line: str) -> str:
    escaped = line.replace("|", "\\|")
    return f"`{escaped}`" if line else "(removed)"


def _commit() -> str:
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
