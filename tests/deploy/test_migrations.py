"""Migrations expand the schema first and contract it a release later.

During a rolling upgrade old and new code use the new schema together, and after a
rollback the old code keeps using it.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.layout import PACKAGES, ROOT, SERVICES, module
from devtools.release import history

SUITES = ("api", "managers")
# Operations that can break old code, which does not know the new name or constraint.
CONTRACTING = {
    "alter_column",
    "create_check_constraint",
    "create_foreign_key",
    "create_unique_constraint",
    "drop_column",
    "drop_table",
    "rename_table",
}
MARK = "\nCONTRACTS = "


def versions(service, root=ROOT):
    """Return the folder with the migrations of a service."""
    return root / service / "src" / module(service) / "migrations" / "versions"


MIGRATIONS = [
    path for service in SERVICES for path in sorted(versions(service).glob("0*.py"))
]


def contracting(source):
    """Return the operations of a migration that can break old code, with line."""
    [upgrade] = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    found = [
        call for call in calls if _name(call) in CONTRACTING or _requires_value(call)
    ]
    return [f"line {call.lineno}: {_name(call)}" for call in found]


def _name(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _requires_value(call):
    """Return whether a call adds a column that old code would have to fill."""
    if _name(call) != "add_column":
        return False
    options = {
        word.arg: ast.unparse(word.value)
        for column in ast.walk(call)
        if isinstance(column, ast.Call) and _name(column) == "Column"
        for word in column.keywords
    }
    return options.get("nullable") == "False" and "server_default" not in options


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_only_expands_or_explains_why_it_contracts(path):
    source = path.read_text()

    assert MARK in source or contracting(source) == []


@pytest.mark.parametrize(
    "step",
    [
        "op.drop_column('orders', 'note')",
        "table.alter_column('note', nullable=False)",
        "op.rename_table('orders', 'purchases')",
        "table.add_column(sa.Column('x', sa.Integer(), nullable=False))",
    ],
)
def test_an_operation_that_breaks_old_code_is_detected(step):
    assert contracting(f"def upgrade():\n    {step}\n")


def test_an_operation_that_old_code_tolerates_is_allowed():
    column = "sa.Column('x', sa.Integer(), server_default='0', nullable=False)"
    assert contracting(f"def upgrade():\n    table.add_column({column})\n") == []


@pytest.fixture(scope="module")
def last_release(tmp_path_factory):
    """Return a copy of the files of the last release, and its tag or commit."""
    tag = history.last()
    if not tag:
        pytest.skip("there is no release to test on the new schema")
    folder = tmp_path_factory.mktemp("release")
    archive = folder / "release.tar"
    subprocess.run(["git", "-C", ROOT, "archive", "-o", archive, tag], check=True)
    shutil.unpack_archive(archive, folder, filter="data")
    return folder, tag


@pytest.mark.parametrize("service", SERVICES)
def test_the_last_release_works_on_the_current_schema(last_release, service):
    """Run the release's tests of managers and APIs with the current migrations."""
    folder, tag = last_release
    if _text(versions(service)) == _text(versions(service, folder)):
        return  # unchanged since the release
    shutil.rmtree(versions(service, folder))
    shutil.copytree(versions(service), versions(service, folder))

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        + [f"{service}/tests/{suite}" for suite in SUITES],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_sources(folder))},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, (
        f"{tag} fails on the current schema:\n{done.stdout[-3000:]}"
    )


def _text(folder):
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}


def _sources(folder):
    """Return the folders of the release's code, which precede installed packages."""
    return [str(Path(folder) / package / "src") for package in PACKAGES]
