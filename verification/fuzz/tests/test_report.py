import subprocess

from verification.fuzz.report import table
from verification.fuzz.runs import Outcome, outcome

REPORT = {
    "operations": {"tested": 3},
    "test_cases": {"generated": 40, "unique_failures": 0, "errored": 0},
}


def ended(code: int = 0) -> "subprocess.CompletedProcess[str]":
    return subprocess.CompletedProcess([], code, "the output")


def read(report=REPORT, code: int = 0, role: str = "staff") -> Outcome:
    return outcome("order-svc", role, report, 2.0, ended(code))


def test_a_run_without_failures_is_good():
    assert read().is_good


def test_a_run_that_ended_early_or_found_something_is_not_good():
    assert not read(report={}).is_good
    assert not read(code=1).is_good
    assert not read(report={**REPORT, "test_cases": {"generated": 0}}).is_good


def test_the_table_has_the_sums_of_each_role_and_of_all():
    lines = table([read(), read(), read(role="service")], 5.0).splitlines()
    found = {line.split()[0]: line.split()[1:] for line in lines if line}

    assert found["staff"] == ["6", "80", "0", "4"]
    assert found["service"] == ["3", "40", "0", "2"]
    assert found["anonymous"] == ["0", "0", "0", "0"]
    assert found["all"] == ["9", "120", "0", "6"]
