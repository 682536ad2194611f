import subprocess

import pytest

from devtools.checks import words


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Return a repository of the test's own."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.setattr(words, "ROOT", tmp_path)
    return tmp_path


FORBIDDEN = (
    "TO" + "DO",
    "FIX" + "ME",
    "see pypi" + ".org/simple",
    "/ro" + "ot/x",
    "/wo" + "rk/a",
)


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_forbidden_word_is_found_with_its_place(tree, word):
    (tree / "notes.md").write_text(f"fine\nhere: {word}\n")

    [problem] = words.problems()

    assert problem.startswith("notes.md:2: ")


def test_words_that_only_look_alike_and_ignored_files_pass(tree):
    (tree / ".gitignore").write_text("var/\n")
    (tree / "var").mkdir()
    (tree / "var" / "notes").write_text("TO" + "DO\n")
    (tree / "code.py").write_text("method = 'mastodon'; path = '/homework'\n")
    (tree / "logo.png").write_bytes(b"\x89PNG\xff")

    assert words.problems() == []


def test_only_the_ci_script_may_look_outside(tree):
    (tree / ".ci").mkdir()
    (tree / ".ci" / "run").write_text("ls ../sha" + "red\n")
    assert words.problems() == []

    (tree / "Makefile").write_text("ls ../sha" + "red\n")
    assert words.problems() == ["Makefile:1: ../sha" + "red"]
