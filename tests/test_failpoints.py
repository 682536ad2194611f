"""The table of crash points is the code's, and a point kills when it is told to."""

import ast
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from faults.points import EVERY

ROOT = Path(__file__).parents[1]
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


def calls(package):
    """Return the names that a package of `src` passes, one for each call."""
    trees = (ast.parse(path.read_text()) for path in package.rglob("*.py"))
    return [
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "failpoint"
    ]


def in_code():
    """Return `{name: the folders in whose code it stands}`."""
    found = {}
    for folder in ("chassis", "user-svc", "product-svc", "order-svc", "payment-svc"):
        for name in calls(ROOT / folder / "src"):
            found.setdefault(name, []).append(folder)
    return found


def test_the_table_and_the_code_name_the_same_points():
    assert set(in_code()) == {point.name for point in EVERY}


def test_a_point_is_one_place_of_the_code():
    assert {name: places for name, places in in_code().items() if len(places) > 1} == {}


def test_a_service_dies_at_its_own_points_and_at_the_chassis_ones():
    code = in_code()

    strangers = [
        point
        for point in EVERY
        if code[point.name]
        not in ([point.process.removesuffix("-worker")], ["chassis"])
    ]

    assert strangers == []


def test_the_table_names_each_point_of_a_process_once_and_enough_of_them():
    places = Counter((point.process, point.name) for point in EVERY)

    assert max(places.values()) == 1
    assert len(places) >= 38


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
