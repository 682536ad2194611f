"""A package requires only what it imports."""

import pytest

from devtools.checks import imports
from devtools.layout import PACKAGES

PROJECT = """\
[project]
name = "box"
version = "1"
dependencies = ["click", "rich>=14"]
"""


@pytest.fixture
def box(tmp_path):
    """Return a package that requires click and rich, and imports click alone."""
    folder = tmp_path / "box"
    source = folder / "src" / "box"
    source.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT)
    (source / "__init__.py").write_text("import click\n")
    return folder


def test_a_requirement_that_nothing_imports_is_found(box):
    assert imports.in_package(box) == ["box: rich is not imported"]


def test_a_requirement_that_is_listed_with_its_reason_is_allowed(box, monkeypatch):
    monkeypatch.setitem(imports.WITHOUT_IMPORT, "box", {"rich": "loaded by its name"})

    assert imports.in_package(box) == []


def test_an_entry_of_the_list_that_is_imported_is_found(box, monkeypatch):
    reasons = {"rich": "loaded by its name", "click": "no longer true"}
    monkeypatch.setitem(imports.WITHOUT_IMPORT, "box", reasons)

    assert imports.in_package(box) == ["box: click need not be listed"]


def test_the_list_names_packages_of_this_repository():
    assert imports.WITHOUT_IMPORT.keys() <= {*PACKAGES}
