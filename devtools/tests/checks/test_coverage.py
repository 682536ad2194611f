"""The coverage of a package is held at what was measured."""

import pytest

from devtools.checks import coverage
from devtools.checks.coverage import Result
from devtools.layout import PACKAGES


@pytest.fixture
def measured(monkeypatch):
    """Return `measured(percent, passed)`: the result of every package from now on."""
    monkeypatch.setattr(coverage, "HELD", dict.fromkeys(PACKAGES, 90))

    def give(percent, passed=True):
        monkeypatch.setattr(
            coverage, "measure", lambda package: Result(package, percent, passed)
        )

    return give


@pytest.mark.parametrize(
    ("percent", "passed", "code"),
    [(90.0, True, 0), (97.31, True, 0), (89.99, True, 1), (97.31, False, 1)],
)
def test_a_package_must_be_covered_as_before_and_its_tests_must_pass(
    measured, percent, passed, code
):
    measured(percent, passed)

    assert coverage.run(("user-svc",)) == code


def test_all_packages_are_measured_without_a_choice(measured, capsys):
    measured(97.31)

    coverage.run(())

    shown = capsys.readouterr().out
    assert all(package in shown for package in PACKAGES)
    assert "97.31 %" in shown


def test_the_percentage_is_that_of_lines_and_branches(tmp_path):
    report = tmp_path / "report.json"
    assert coverage.percent(report) == 0

    report.write_text('{"totals": {"percent_covered": 97.313}}')
    assert coverage.percent(report) == 97.313


def test_only_packages_of_this_repository_are_held():
    assert coverage.HELD.keys() <= {*PACKAGES}
