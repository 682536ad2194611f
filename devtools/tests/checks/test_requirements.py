import pytest
from packaging.requirements import Requirement

from devtools.checks import requirements

GOOD = "click==8.2.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return `write(name, text)`; every file holds one good pin until then."""
    monkeypatch.setattr(requirements, "REQUIREMENTS", tmp_path)
    monkeypatch.setattr(requirements, "wanted", lambda _: [Requirement("click>=8")])

    def write(name, text):
        (tmp_path / f"{name}.txt").write_text(text)

    for name in requirements._names():
        write(name, GOOD)
    return write


def test_files_in_step_have_no_problem(files):
    assert requirements.problems() == []


def test_a_pin_without_a_hash_is_found(files):
    files("order-svc", "click==8.2.1\n")

    assert requirements.problems() == ["order-svc.txt: click has no hash"]


def test_a_version_that_differs_between_files_is_found(files):
    files("user-svc", GOOD.replace("8.2.1", "8.3"))

    [problem] = requirements.problems()
    assert problem.startswith("user-svc.txt: click is {'8.3'}")


def test_a_pin_that_a_pyproject_does_not_allow_is_found(files):
    for name in requirements._names():
        files(name, GOOD.replace("8.2.1", "7.0"))

    assert "run.txt: click>=8 is wanted, 7.0 is pinned; make requirements" in (
        requirements.problems()
    )


def test_a_requirement_that_is_not_pinned_at_all_is_found(files):
    files("payment-svc", "")

    [problem] = requirements.problems()
    assert "click>=8 is wanted, nothing is pinned" in problem


@pytest.mark.parametrize(
    "line", ["--index-url https://mirror.example/simple", "# https://a.example", "x>=1"]
)
def test_an_address_or_an_open_version_is_found(files, line):
    files("run", GOOD + line + "\n")

    assert f"run.txt: not a pin with a version: {line}" in requirements.problems()
