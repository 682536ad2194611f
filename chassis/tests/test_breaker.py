"""When the circuit breaker opens and closes."""

from types import SimpleNamespace

import pytest

from chassis import breaker
from chassis.breaker import FAILURES, PAUSE, Breaker


@pytest.fixture
def now(monkeypatch):
    """Return a clock: `now.value` is its time."""
    clock = SimpleNamespace(value=100.0)
    time = SimpleNamespace(monotonic=lambda: clock.value)
    monkeypatch.setattr(breaker, "time", time)
    return clock


@pytest.fixture
def opened(now):
    """Return a breaker that has just opened."""
    made = Breaker()
    for _ in range(FAILURES):
        made.count(failed=True)
    return made


def test_failures_in_a_row_open_it_for_the_pause(opened, now):
    now.value += PAUSE - 0.1
    assert opened.is_open

    now.value += 0.1
    assert not opened.is_open


def test_one_failure_less_leaves_it_closed(now):
    closed = Breaker()
    for _ in range(2):
        for _ in range(FAILURES - 1):
            closed.count(failed=True)
        assert not closed.is_open
        closed.count(failed=False)


def test_after_the_pause_one_failure_opens_it_again(opened, now):
    now.value += PAUSE
    opened.count(failed=True)

    assert opened.is_open


def test_after_the_pause_a_success_starts_the_count_again(opened, now):
    now.value += PAUSE
    opened.count(failed=False)
    for _ in range(FAILURES - 1):
        opened.count(failed=True)

    assert not opened.is_open


@pytest.mark.parametrize("failed", [True, False])
def test_a_call_that_ends_while_it_is_open_has_no_effect(opened, now, failed):
    now.value += PAUSE / 2
    opened.count(failed=failed)
    assert opened.is_open

    now.value += PAUSE / 2
    assert not opened.is_open
    opened.count(failed=True)
    assert opened.is_open
