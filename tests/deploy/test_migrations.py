"""Old and new code side by side on one schema: expand first, contract a release later.

A rolling upgrade has both at work for a while, and a rollback leaves the old code on
the new schema for good.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.layout import PACKAGES, ROOT, SERVICES, module

SUITES = ("api", "managers")
# What old code does not survive, or may not: it does not know the new name or rule.
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
    """Return the folder of a service's migrations."""
    return root / service / "src" / module(service) / "migrations" / "versions"


MIGRATIONS = [
    path for service in SERVICES for path in sorted(versions(service).glob("0*.py"))
]


def contracting(source):
    """Return what a migration does that old code may not survive, by line."""
    [upgrade] = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    found = [call for call in calls if _name(call) in CONTRACTING or _is_demand(call)]
    return [f"line {call.lineno}: {_name(call)}" for call in found]


def _name(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_demand(call):
    """Say whether a column is added that old code's rows would have to fill."""
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
def test_a_migration_only_expands_or_says_why_it_may_contract(path):
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
def test_a_step_that_old_code_does_not_survive_is_seen(step):
    assert contracting(f"def upgrade():\n    {step}\n")


def test_a_step_that_old_code_survives_is_none_of_them():
    column = "sa.Column('x', sa.Integer(), server_default='0', nullable=False)"
    assert contracting(f"def upgrade():\n    table.add_column({column})\n") == []


def git(*words):
    """Return what git says, or None where it has nothing to say."""
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


@pytest.fixture(scope="module")
def last_release(tmp_path_factory):
    """Return a copy of the last tag's files, and its name."""
    tag = git("describe", "--tags", "--abbrev=0")
    if not tag:
        pytest.skip("no tag is known here: no release to run on the new schema")
    folder = tmp_path_factory.mktemp("release")
    archive = folder / "release.tar"
    subprocess.run(["git", "-C", ROOT, "archive", "-o", archive, tag], check=True)
    shutil.unpack_archive(archive, folder, filter="data")
    return folder, tag


@pytest.mark.parametrize("service", SERVICES)
def test_the_last_release_works_on_the_schema_of_today(last_release, service):
    """Run its own tests of managers and APIs, on the migrations that are here now."""
    folder, tag = last_release
    if _text(versions(service)) == _text(versions(service, folder)):
        return  # its own tests ran on this schema when it was released
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

    assert done.returncode == 0, f"{tag} does not run on it:\n{done.stdout[-3000:]}"


def _text(folder):
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}


def _sources(folder):
    """Return the release's own code: it is found before the one that is installed."""
    return [str(Path(folder) / package / "src") for package in PACKAGES]
