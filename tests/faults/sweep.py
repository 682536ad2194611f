"""Every crash point of the code: die there, start again, come to rest, audit."""

import threading
import time
from collections.abc import Iterator

from faults import mix
from faults.history import History
from faults.market import let_in, open_market
from faults.points import EVERY, Point
from faults.runs import Result, judge
from faults.shopping import Customer
from faults.stack import Stack

PER_STACK = 24  # then a fresh shop: time must not run on for weeks
LONG_AGO = 3000


def sweep(stack: Stack, points: list[tuple[Point, int]], seed: int) -> Iterator[Result]:
    """Yield the result of each (point, nth)."""
    for number, (point, nth) in enumerate(points):
        if number % PER_STACK == 0:
            stack.end()
            stack.begin(seed)
        result = visit(stack, point, nth)
        yield result
        if result.violations:  # the next point gets a shop without that stain
            stack.end()
            stack.begin(seed)


def visit(stack: Stack, point: Point, nth: int) -> Result:
    """Let the process of a point die at its nth passing, and judge what is left."""
    started = time.monotonic()
    result = Result(f"{point.process} {point.name}:{nth}", stack.databases.name)
    history = History(
        stack.folder / f"history-{point.process}-{point.name}-{nth}.jsonl"
    )
    market, stock = open_market(stack, history)
    customers = let_in(stack, market, point.name)
    stack.arm(point.process, f"{point.name}:{nth}")
    stack.wait_until_ready()
    medic = threading.Thread(target=_revive, args=(stack, point.process, market.over))
    medic.start()
    _work(stack, customers)
    market.over.set()
    medic.join()
    if stack.has_crashed(point.process):
        result.crashed_at = f"{point.name}:{nth}"
    stack.kill(point.process)
    stack.disarm()
    judge(stack, result, history, stock)
    result.seconds = time.monotonic() - started
    return result


def _work(stack: Stack, customers: list[Customer]) -> None:
    mix.first_half(customers)
    mix.second_half(customers)
    stack.shift_clock(LONG_AGO)  # what is not paid has expired, its reservation too
    mix.first_half(customers[:1])


def _revive(stack: Stack, name: str, over: threading.Event) -> None:
    """Start the process again, unarmed, as soon as it has died."""
    while not over.wait(0.05):
        if stack.has_crashed(name):
            stack.disarm()
            stack.kill(name)  # a master that lives on would let its next child die too
            stack.start(name)
            return


def all_points(nths: tuple[int, ...] = ()) -> list[tuple[Point, int]]:
    """Return every point with each number of its passing, or with those given."""
    return [(point, nth) for point in EVERY for nth in nths or point.nth]
