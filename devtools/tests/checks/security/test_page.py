"""The marked parts of docs/security.md."""

import pytest

from devtools.checks.security import page

TEXT = "before\n<!-- begin: {0} -->\nold\n<!-- end: {0} -->\nbetween\n"


@pytest.fixture
def path(tmp_path, monkeypatch):
    path = tmp_path / "security.md"
    path.write_text(TEXT.format("a") + TEXT.format("b"))
    monkeypatch.setattr(page, "PATH", path)
    return path


def test_only_the_parts_between_the_marks_are_replaced(path):
    before = path.read_text()

    page.write(a="new\n", b="newer\n")

    assert path.read_text() == before.replace("old", "new", 1).replace("old", "newer")


def test_a_page_with_an_older_part_is_not_fresh(path):
    assert page.is_fresh(a="old\n", b="old\n")
    assert not page.is_fresh(a="old\n", b="new\n")
