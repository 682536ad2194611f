"""A failpoint kills its process at the passing that CRASH_AT names, and only there."""

import os
import signal
import subprocess
import sys

import pytest

PASSING = "\n".join(
    (
        "from chassis import logging",
        "from chassis.failpoints import failpoint",
        "logging.configure('test')",
        "for passing in range(1, 6):",
        "    failpoint('order.other')",
        "    failpoint('order.placed')",
        "    print('passed', passing, flush=True)",
    )
)


def passings(**environment):
    """Pass two points five times in a process of its own; return how it went."""
    inherited = {k: v for k, v in os.environ.items() if k != "CRASH_AT"}
    return subprocess.run(
        [sys.executable, "-c", PASSING],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("nth", [1, 3])
def test_a_point_kills_exactly_at_the_nth_passing_and_says_so(nth):
    run = passings(CRASH_AT=f"order.placed:{nth}")

    assert run.returncode == -signal.SIGKILL
    assert run.stdout.count("passed") == nth - 1
    assert '"event": "failpoint reached"' in run.stdout.splitlines()[-1]
    assert '"point": "order.placed"' in run.stdout.splitlines()[-1]


@pytest.mark.parametrize("environment", [{}, {"CRASH_AT": "order.elsewhere:1"}])
def test_a_point_that_is_not_named_does_nothing(environment):
    run = passings(**environment)

    assert (run.returncode, run.stdout.count("passed")) == (0, 5)
