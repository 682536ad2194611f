"""mutmut generates and tests the mutants of a small package in its workspace."""

import os
import sys

import pytest

from verification.mutation import results, targets, workspace

CODE = '''
def is_left(wanted: int, left: int) -> bool:
    """Return whether an amount is left."""
    return 0 < wanted <= left


def is_all(wanted: int) -> bool:
    """Return whether an amount is the rest of itself."""
    return is_left(wanted, wanted)
'''
TEST = """
from tiny_svc.rules import is_left

def test_all_that_is_left_may_be_refunded():
    assert is_left(5, 5) and not is_left(6, 5) and not is_left(0, 5)
"""


@pytest.fixture
def target(tmp_path, monkeypatch):
    package, settings = tmp_path / "tiny-svc", workspace.ROOT / "pyproject.toml"
    (tmp_path / "pyproject.toml").write_text(settings.read_text())
    for name, text in (
        ("src/tiny_svc/__init__.py", ""),
        ("src/tiny_svc/rules.py", CODE),
        ("tests/test_rules.py", TEST),
    ):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setattr(targets, "ROOT", tmp_path)
    monkeypatch.setattr(workspace, "ROOT", tmp_path)
    monkeypatch.setattr(workspace, "state_folder", lambda: tmp_path / "var")
    return targets.Target("tiny-svc", ("*.py",))


def test_mutants_are_generated_tested_and_remembered(target):
    folder = workspace.prepare(target)
    workspace.generate(folder)
    (module,) = (path for path in target.modules() if path.stem == "rules")
    found = {each.becomes: each for each in results.read(folder, module)}
    border = found["return 0 < wanted < left"]
    able = [each for each in found.values() if each.status == "open"]
    typed = {each.becomes for each in found.values() if each.status == "types"}

    workspace.test(folder, [each.name for each in able], 1)
    after = {each.becomes: each.status for each in results.read(folder, module)}

    assert (border.function, border.was) == ("is_left", "return 0 < wanted <= left")
    assert {each.function for each in able} == {"is_left"}
    assert typed >= {"return is_left(None, wanted)", "return is_left(wanted, None)"}
    assert {name for name, status in after.items() if status == "types"} == typed
    assert after["return 1 < wanted <= left"] == "survived"
    assert after["return 0 < wanted < left"] == after["return 0 <= wanted <= left"]
    assert after["return 0 < wanted < left"] == "killed"


def test_unchanged_files_keep_their_time_and_others_follow_the_package(target):
    folder = workspace.prepare(target)
    rules = folder / "src" / "tiny_svc" / "rules.py"
    (folder / "tests" / "test_gone.py").write_text("")
    os.utime(rules, (1, 1))

    workspace.prepare(target)

    assert rules.stat().st_mtime == 1
    assert not (folder / "tests" / "test_gone.py").exists()


def test_a_package_that_was_never_run_has_no_mutants(target):
    assert results.read(workspace.folder(target), target.modules()[0]) == []
