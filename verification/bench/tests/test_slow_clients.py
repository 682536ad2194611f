"""What the figures of a run mean, and that slow clients and customers do their part."""

import pytest

from verification.bench import slow_clients
from verification.bench.slow_clients import Side, report

FAST = [0.01] * 100


def test_a_run_without_cost_has_no_problem():
    assert report(Side(FAST), Side(FAST, [0.01])) == []


@pytest.mark.parametrize(
    ("side", "problem"),
    [
        (Side([0.02] * 100, [0.01]), "The ratio is above 1.5."),
        (Side([], [0.01]), "The ratio is above 1.5."),
        (Side(FAST, [2.0]), "/healthz/ took more than 1 s."),
        (Side(FAST, []), "/healthz/ took more than 1 s."),
        (Side(FAST, [0.01], 3), "3 requests got no answer."),
    ],
)
def test_what_slow_clients_may_not_cost(side, problem):
    assert report(Side(FAST), side) == [problem]


def test_a_list_that_fails_is_counted(monkeypatch):
    monkeypatch.setattr(slow_clients, "CUSTOMERS", 1)
    side = Side()

    slow_clients.measure(1, 0.02, side)  # nothing listens on port 1

    assert side.failed == len(side.lists) + len(side.health) > 0
