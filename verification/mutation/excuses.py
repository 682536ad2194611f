"""The survivors that may live, each with its reason."""

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

from devtools.layout import ROOT
from verification.mutation.results import Mutant

PATH = Path(__file__).with_name("excused.toml")


@dataclass(frozen=True)
class Excuse:
    """A survivor by its lines, since mutmut's numbers change, and why it may live.

    `module` is a path from the root of the repository, `function` as in Mutant.
    """

    module: str
    function: str
    was: str
    becomes: str
    why: str

    def covers(self, package: str, mutant: Mutant) -> bool:
        """Return whether this is the excuse of a mutant."""
        place = (f"{package}/{mutant.module}", mutant.function)
        lines = (mutant.was, mutant.becomes)
        return (self.module, self.function, self.was, self.becomes) == (*place, *lines)

    def is_fresh(self) -> bool:
        """Return whether the code still has the lines, in this function."""
        path = ROOT / self.module
        return path.exists() and self.was in _flat(path, self.function)


def read(path: Path = PATH) -> list[Excuse]:
    """Return the excuses in the order of their file."""
    rows = tomllib.loads(path.read_text()).get("survivor", [])
    return [Excuse(**row) for row in rows]


def _flat(path: Path, function: str) -> str:
    """Return the code of a function with its lines joined by spaces, or no text."""
    source = path.read_text()
    scope: list[ast.stmt] = ast.parse(source).body
    node: ast.stmt | None = None
    for name in function.split("."):
        node = next((each for each in scope if getattr(each, "name", "") == name), None)
        scope = getattr(node, "body", [])
    text = ast.get_source_segment(source, node) if node else None
    return " ".join(line.strip() for line in (text or "").splitlines())
