"""Each control of docs/security.md is held by tests that exist."""

import re

import pytest

from devtools.checks.security import controls

AREA = """
title = "Tokens"

[[controls]]
text = "A token has a signature."
asvs = ["9.1.1", "9.1.2"]
api = [2]
tests = ["test_one", "test_two"]
"""


def test_the_page_is_what_the_areas_say_and_every_test_exists():
    assert controls.problems() == []


@pytest.fixture
def written(tmp_path, monkeypatch):
    (tmp_path / "1.toml").write_text(AREA)
    monkeypatch.setattr(controls, "AREAS", tmp_path)


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Return `found(**files)`: the tests of a repository with these files."""

    def make(**files):
        for name, text in files.items():
            path = tmp_path / name / "tests" / "test_a.py"
            path.parent.mkdir(parents=True)
            path.write_text(text)
        monkeypatch.setattr(controls, "ROOT", tmp_path)
        monkeypatch.setattr(controls, "tests", controls.tests.__wrapped__)

    return make


def test_a_test_that_is_gone_is_named(written, found):
    found(a="def test_one(): pass\n# def test_two(): pass\n")

    gone, outdated = controls.problems()

    assert "'A token has a signature.' names the test test_two" in gone
    assert "make diagrams" in outdated


def test_a_row_links_every_file_with_the_test(written, found):
    found(a="def test_one(): pass", b="    def test_one(): pass\ndef test_two(): pass")

    head, _, row = controls.part().strip().splitlines()[2:]

    assert head.count("|") == row.count("|") == 5
    assert row == (
        "| A token has a signature. | one ([a](../a/tests/test_a.py), "
        "[b](../b/tests/test_a.py))<br>two ([b](../b/tests/test_a.py)) "
        "| 9.1.1, 9.1.2 | API2 |"
    )


CONTROLS = [control for area in controls.areas() for control in area.controls]


def test_every_control_is_a_sentence_with_tests_and_numbers():
    for one in CONTROLS:
        assert one.text.endswith("."), one
        assert "|" not in one.text, one
        assert one.tests, one
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", number) for number in one.asvs), one
        assert set(one.api) <= set(range(1, 11)), one


def test_all_risks_of_the_api_top_10_have_controls():
    assert {number for one in CONTROLS for number in one.api} == set(range(1, 11))
