"""The sweep: kill a process at every failpoint, restart it, drain and audit."""

import contextlib
import dataclasses
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from verification.faults import mix
from verification.faults.drain import under_way
from verification.faults.failpoints import EVERY, Point
from verification.faults.history import History
from verification.faults.market import let_in, open_market
from verification.faults.runs import Result, judge
from verification.faults.shopping import Customer
from verification.faults.stack import Stack
from verification.faults.waiting import wait_for

PER_SHOP = 20  # then a new shop, before the moved clock lets tokens expire
LONG_AGO = 3000
PLENTY = FEWEST = 3
AT_MOST = 60.0
# product-svc expires reservations that order-svc has not released in time.
DEAD_MANS_SWITCH, KEEPER = "product-svc-worker", "order-svc-worker"
UNSETTLED = "payment.republished"


class Visits:
    """Visits failpoints in one shop, with the same customers."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self.stack = stack
        stack.begin(seed)
        self.history = History(stack.folder / f"history-{time.time_ns()}.jsonl")
        self.market, self.stock = open_market(stack, self.history)
        self.market.lost_callbacks = (
            0.0  # or a callback would reach its failpoint only by chance
        )
        # Orders of a product that sells out at once would miss the later failpoints.
        self.market.products = self.market.products[PLENTY:]
        self.customers = let_in(stack, self.market, str(seed))
        self.before = Result("", stack.databases.name)

    def visit(self, point: Point, nth: int) -> Result:
        """Kill a process at the nth passing of a failpoint; check the result."""
        started = time.monotonic()
        result = Result(
            f"{point.process} {point.name}:{nth}", self.stack.databases.name
        )
        self.stack.arm(point.process, f"{point.name}:{nth}")
        self.stack.wait_until_ready()
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self._work, point, nth)
            if self._has_died(point.process, work):
                result.crashed_at = f"{point.name}:{nth}"
            self.stack.disarm()
            # The next child of its master would die at the failpoint too.
            self.stack.kill(point.process)
            self.stack.start(point.process)
        work.result()  # raises if a customer could not act: the visit shows nothing
        self.stack.resume(KEEPER)
        judge(self.stack, result, self.history, self.stock)
        result.seconds = time.monotonic() - started
        return self._alone(result)

    def _alone(self, result: Result) -> Result:
        """Subtract the earlier visits from the counts of this one."""
        before, self.before = self.before, dataclasses.replace(result)
        result.orders -= before.orders
        operations = Counter(result.operations) - Counter(before.operations)
        result.operations = dict(operations)
        return result

    def _work(self, point: Point, nth: int) -> None:
        """Act often enough to pass the failpoint n times, and once more."""
        some = self.customers[: max(FEWEST, nth + 1)]
        mix.first_half(some)
        mix.second_half(some)
        if point.name == UNSETTLED:
            self._pay_unsettled(some[0])
        if point.process == DEAD_MANS_SWITCH:
            self.stack.pause(KEEPER)
        self.stack.shift_clock(LONG_AGO)  # unpaid links and reservations expire

    def _pay_unsettled(self, customer: Customer) -> None:
        """Pay while order-svc is paused, so that the capture is republished."""
        if (order_id := customer.place()) and (url := customer.await_link(order_id)):
            self.stack.pause(KEEPER)
            customer.pay(order_id, url)

    def _has_died(self, name: str, work: Future[None]) -> bool:
        """Wait until a process has reached its failpoint, or nothing is left to do.

        Runs in the main thread: Linux ends a child with the thread that made it.
        """

        def is_over() -> bool:
            is_idle = work.done() and not under_way(self.stack)
            return is_idle or self.stack.has_crashed(name)

        with contextlib.suppress(TimeoutError):
            wait_for(is_over, f"{name} has died or nothing is left to do", AT_MOST)
        return self.stack.has_crashed(name)


def sweep(
    stack: Stack, points: Sequence[tuple[Point, int]], seed: int
) -> Iterator[Result]:
    """Yield the result of each (point, nth)."""
    visits: Visits | None = None
    for number, (point, nth) in enumerate(points):
        if visits is None or number % PER_SHOP == 0:
            visits = Visits(stack, seed)
        result = visits.visit(point, nth)
        if result.violations:  # the next failpoint gets a fresh shop
            visits = None
        yield result


def all_points(nths: tuple[int, ...] = ()) -> list[tuple[Point, int]]:
    """Return every failpoint with each of its passings, or with the given ones."""
    return [(point, nth) for point in EVERY for nth in nths or point.nth]
