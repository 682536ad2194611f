"""The mutants of a workspace and what became of them, as mutmut stores it."""

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import change_cwd

from verification.mutation.texts import only_texts_differ

ORIGINAL = "__mutmut_orig"
GENERATED_NAME = re.compile(r"\bx(?:_|ǁ[^ǁ]+ǁ)(\w+?)__mutmut_(?:orig|\d+)")


class Status(StrEnum):
    """What became of a mutant."""

    TEXT = "text"
    OPEN = "open"
    TYPES = "types"
    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"


STATUSES = {
    "killed": Status.KILLED,
    "timeout": Status.TIMEOUT,
    "survived": Status.SURVIVED,
    "no tests": Status.SURVIVED,
    "caught by type check": Status.TYPES,
}


@dataclass(frozen=True)
class Mutant:
    """One mutant: its name at mutmut, the lines that differ, and its status.

    `function` is `Class.method` or the name of a function.
    """

    name: str
    module: Path
    function: str
    was: str
    becomes: str
    status: Status


def read(workspace: Path, module: Path) -> list[Mutant]:
    """Return the mutants of one module; none before they are generated."""
    if not workspace.exists():
        return []
    with change_cwd(workspace):
        stored = SourceFileMutationData(path=module)
        stored.load()
        spans = MutantLineSpans.load(module)
        if spans is None:
            return []
        names = list(stored.exit_code_by_key)
        return [_mutant(name, module, spans, stored) for name in names]


def _mutant(
    name: str, module: Path, spans: MutantLineSpans, stored: SourceFileMutationData
) -> Mutant:
    short = name.rpartition(".")[2]
    mangled = short.partition("__mutmut_")[0]
    before, after = spans.read_function_sources([mangled + ORIGINAL, short])
    code = stored.exit_code_by_key[name]
    status = STATUSES.get(status_by_exit_code[code], Status.OPEN)
    if only_texts_differ(before, after):
        status = Status.TEXT
    function = mangled.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return Mutant(name, module, function, *_difference(before, after), status)


def _difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that only one of two versions of a function has."""
    bodies = [GENERATED_NAME.sub(r"\1", text).splitlines() for text in (before, after)]
    lines = list(difflib.ndiff(bodies[0], bodies[1]))
    removed, added = (
        " ".join(line[2:].strip() for line in lines if line.startswith(sign))
        for sign in ("- ", "+ ")
    )
    return removed, added
