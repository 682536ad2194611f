"""The mutants: patches that leave out one rule, and the tests that must fail."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from devtools.layout import ROOT

PLACE = Path("verification/mutants")
PATCHES = PLACE / "patches"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Mutant:
    """One patch; `rule` is its first line, `killers` are pytest's ids of tests.

    Each killer must pass for the unchanged code and fail for the mutant, on `database`.
    """

    name: str
    rule: str
    killers: tuple[str, ...]
    database: str

    @property
    def patch(self) -> Path:
        """The patch, from the root of the repository."""
        return PATCHES / f"{self.name}.patch"


def read(root: Path = ROOT) -> list[Mutant]:
    """Return the mutants in the order of their table."""
    rows = tomllib.loads((root / PLACE / "killers.toml").read_text())
    return [
        Mutant(
            name,
            (root / PATCHES / f"{name}.patch").read_text().partition("\n")[0],
            tuple(row["killers"]),
            row.get("database", SQLITE),
        )
        for name, row in rows.items()
    ]
