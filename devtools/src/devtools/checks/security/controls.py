"""The controls of docs/security.md: `data/` has a file for each area.

A control is a sentence, its numbers in OWASP's ASVS 5.0 and API Security Top 10 (2023),
and the names of the tests that hold it. A check fails when one of them is gone.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from devtools.checks.security import page
from devtools.layout import ROOT

AREAS = Path(__file__).parent / "data"
PLACES = ("tests", "*/tests", "verification/*/tests")
TEST = re.compile(r"^ *def (\w+)\(", re.MULTILINE)
HEAD = "| control | tests | ASVS | API |\n| --- | --- | --- | --- |\n"


@dataclass(frozen=True)
class Control:
    """A control, its numbers, and the names of its tests."""

    text: str
    asvs: tuple[str, ...]
    api: tuple[int, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """An area of the page."""

    title: str
    controls: tuple[Control, ...]


def read(text: str) -> Area:
    """Read the TOML of an area."""
    data = tomllib.loads(text)
    return Area(data["title"], tuple(_control(row) for row in data["controls"]))


def _control(row: dict[str, Any]) -> Control:
    return Control(
        row["text"], *(tuple(row[name]) for name in ("asvs", "api", "tests"))
    )


def areas() -> list[Area]:
    """Return all areas in the order of their files."""
    return [read(path.read_text()) for path in sorted(AREAS.glob("*.toml"))]


@cache
def tests() -> dict[str, list[Path]]:
    """Return the files of each function in the repository's tests."""
    found: dict[str, list[Path]] = {}
    paths = chain.from_iterable(ROOT.glob(f"{place}/**/test_*.py") for place in PLACES)
    for path in sorted(paths):
        for name in TEST.findall(path.read_text()):
            found.setdefault(name, []).append(path.relative_to(ROOT))
    return found


def part() -> str:
    """Return the part of the page between its marks."""
    return "".join(_section(area) for area in areas())


def _section(area: Area) -> str:
    rows = "".join(f"{_row(control)}\n" for control in area.controls)
    return f"\n### {area.title}\n\n{HEAD}{rows}\n"


def _row(control: Control) -> str:
    cells = (
        control.text,
        "<br>".join(_test(name) for name in control.tests),
        ", ".join(control.asvs),
        ", ".join(f"API{number}" for number in control.api),
    )
    return f"| {' | '.join(cells)} |"


def _test(name: str) -> str:
    """Return a test's name as a sentence, with links to the files that have it."""
    sentence = name.removeprefix("test_").replace("_", " ")
    return f"{sentence} ({', '.join(_links(tests().get(name, [])))})"


def _links(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        yield f"[{path.parts[0]}](../{path})"


def problems() -> list[str]:
    """Return each named test that does not exist, and whether the page is outdated."""
    gone = [
        f"{area.title}: {control.text!r} names the test {name}, which does not exist"
        for area in areas()
        for control in area.controls
        for name in control.tests
        if name not in tests()
    ]
    is_fresh = page.is_fresh(controls=part())
    return gone + ([] if is_fresh else ["docs/security.md: run `make diagrams`"])
