"""Checks that each module has a test file of its name: `tests/` mirrors `src/`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from devtools import layout
from devtools.layout import CHASSIS, IMAGES

MIRRORED = (CHASSIS, *IMAGES)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MIGRATIONS = "migrations"


def problems() -> list[str]:
    """Return each module without tests, and where its tests must be."""
    return [problem for folder in MIRRORED for problem in _in_folder(folder)]


def _in_folder(folder: str) -> Iterator[str]:
    source = layout.ROOT / folder / "src" / layout.module(folder)
    for path in sorted(source.rglob("*.py")):
        module = path.relative_to(source)
        test = Path(folder, "tests", module.with_name(f"test_{module.name}"))
        if _needs_tests(path, module) and not (layout.ROOT / test).is_file():
            yield f"{path.relative_to(layout.ROOT)} has no tests: {test} is missing"


def _needs_tests(path: Path, module: Path) -> bool:
    """Return whether a module defines a function or a method.

    A package's `__init__` and migrations are tested with what they belong to.
    """
    if path.name == "__init__.py" or MIGRATIONS in module.parts:
        return False
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, FUNCTIONS) for node in nodes)
