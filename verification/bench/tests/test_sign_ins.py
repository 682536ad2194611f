"""What the figures of a run mean."""

import os
from collections import Counter

import pytest

from verification.bench import sign_ins
from verification.bench.sign_ins import Side, report

FAST = [0.01] * 100
ANSWERS = Counter({200: 5, 503: 9})


def test_a_run_without_cost_has_no_problem():
    assert report(Side(FAST), Side(FAST, 0, 120.0, ANSWERS)) == []


@pytest.mark.parametrize(
    ("side", "problem"),
    [
        (Side([0.11] * 100, 0, 120.0, ANSWERS), "The p99 is above 100 ms."),
        (Side([], 0, 120.0, ANSWERS), "The p99 is above 100 ms."),
        (Side(FAST, 0, 151.0, ANSWERS), "The memory is above 150 MiB."),
        (Side(FAST, 2, 120.0, ANSWERS), "2 requests got no profile."),
        (
            Side(FAST, 0, 120.0, Counter({503: 9})),
            "A sign-in was neither accepted nor refused as busy.",
        ),
        (
            Side(FAST, 0, 120.0, ANSWERS | Counter({429: 1})),
            "A sign-in was neither accepted nor refused as busy.",
        ),
    ],
)
def test_what_sign_ins_may_not_cost(side, problem):
    assert report(Side(FAST), side) == [problem]


def test_a_profile_that_fails_is_counted(monkeypatch):
    monkeypatch.setattr(sign_ins, "CUSTOMERS", 1)
    side = Side()

    sign_ins.measure(1, "token", 0.02, side)  # nothing listens on port 1

    assert side.failed == len(side.profiles) > 0


def test_the_memory_of_a_process_is_measured_in_mib():
    assert 5 < sign_ins.memory(os.getpid()) < 5000
