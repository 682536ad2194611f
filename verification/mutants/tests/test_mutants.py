"""The patches apply, their killers exist, and the page lists all mutants."""

import ast
import os
import subprocess
from pathlib import Path

import pytest

from devtools.layout import ROOT
from verification.mutants import page, run, table
from verification.mutants.copy import Broken, Copy, Seen
from verification.mutants.table import PATCHES, SQLITE, Mutant

MUTANTS = table.read()


def functions_of(path):
    """Return the names of a file's test functions."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_patch_still_applies(mutant):
    check = ["git", "apply", "--check", mutant.patch]

    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_names_the_rule_it_lacks_and_killers_that_exist(mutant):
    assert mutant.rule.endswith(".")
    assert mutant.killers
    for killer in mutant.killers:
        path, _, name = killer.partition("::")
        assert name.partition("[")[0] in functions_of(path)


def test_every_patch_is_in_the_table():
    patches = {path.stem for path in (ROOT / PATCHES).glob("*.patch")}

    assert patches == {mutant.name for mutant in MUTANTS}


def test_the_page_lists_exactly_these_mutants():
    assert page.PATH.read_text().partition(page.SCORE)[0] == page.text(MUTANTS)


def test_the_list_is_written_and_the_score_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "PATH", tmp_path / "mutants.md")
    page.PATH.write_text(f"an old list\n{page.SCORE}\n97 %\n")

    page.write(MUTANTS)

    assert page.PATH.read_text() == f"{page.text(MUTANTS)}{page.SCORE}\n97 %\n"


def test_a_copy_is_what_python_imports_there_and_loses_a_rule_for_a_while(tmp_path):
    copy, mutant = Copy(tmp_path), MUTANTS[0]
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}

    copy.check()
    with copy.without_rule(mutant.patch):
        changed = [path for path, was in before.items() if path.read_bytes() != was]

    assert len(changed) == 1
    assert all(path.read_bytes() == was for path, was in before.items())


def test_a_copy_whose_packages_come_from_elsewhere_is_refused(tmp_path, monkeypatch):
    copy = Copy(tmp_path)
    monkeypatch.setattr(copy, "environment", lambda _: dict(os.environ))

    with pytest.raises(Broken, match="would be tested instead"):
        copy.check()


LEAP = Mutant("leap", "A rule.", ("chassis/tests/test_failpoints.py::test_it",), SQLITE)


class Lenient(Copy):
    """A copy whose tests always end in the same way."""

    def __init__(self, seen):
        self.folder, self.seen = ROOT, seen

    def run(self, killers, database):
        return self.seen

    def without_rule(self, patch):
        return Applied(patch)


class Applied:
    def __init__(self, patch):
        self.patch = patch

    def __enter__(self):
        if not Path(self.patch).exists():
            raise Broken("it does not apply")

    def __exit__(self, *_):
        pass


def test_a_killer_that_holds_lets_the_mutant_survive():
    held = Lenient(Seen(held=1, failed=0, broken=0))

    assert run._try(held, MUTANTS[0], "") == [
        f"{MUTANTS[0].name} survives {killer}" for killer in MUTANTS[0].killers
    ]


def test_a_killer_that_cannot_run_kills_nobody():
    assert run._try(Lenient(Seen(held=0, failed=0, broken=1)), MUTANTS[0], "")


def test_a_killer_that_fails_kills():
    assert run._try(Lenient(Seen(held=2, failed=1, broken=0)), MUTANTS[0], "") == []


def test_a_patch_that_does_not_apply_is_a_fault():
    faults = run._try(Lenient(Seen(held=0, failed=1, broken=0)), LEAP, "")

    assert faults == ["leap cannot be applied: it does not apply"]


def test_killers_must_hold_for_the_real_code():
    assert run._control(Lenient(Seen(1, 1, 0)), MUTANTS[:1], {SQLITE: ""})
    assert run._control(Lenient(Seen(0, 0, 0)), MUTANTS[:1], {SQLITE: ""})
    assert run._control(Lenient(Seen(1, 0, 0)), MUTANTS[:1], {SQLITE: ""}) == []
