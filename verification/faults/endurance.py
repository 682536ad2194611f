"""What hostile clients may cost the others: nothing beyond these bounds."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
import requests

from devtools.layout import SERVICES
from verification.faults.history import FAIL, INFO, History
from verification.faults.running import RunningShop

PAUSE = 0.5
HEALTHY_WITHIN = 5.0  # seconds: the chart's liveness probe waits as long
MEMORY_MOST = 512  # MiB: the chart's limit of a pod
HURT_MOST = 0.01  # the share of orders that may be lost to hostile clients
REFUSED_FOR_OTHERS = (400, 401, 403, 408, 413, 429, 431)
Rows = list[dict[str, Any]]


class Endurance:
    """Asks the services for their health, and looks at their processes, in a thread.

    No process of a service may end. The service itself does not: gunicorn replaces a
    dead worker.
    """

    def __init__(self, shop: RunningShop) -> None:
        self.shop = shop
        self.workers: dict[str, set[int]] = {}
        self.slowest = dict.fromkeys(SERVICES, 0.0)
        self.memory = dict.fromkeys(SERVICES, 0)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self.workers = {service: workers(self._pid(service)) for service in SERVICES}
        self.thread.start()

    def end(self, history: History) -> Rows:
        """Stop watching; return what exceeded a bound."""
        self.over.set()
        self.thread.join()
        gone = self._replaced()
        found = [*self._unhealthy(), *self._large(), *gone, *hurt(history)]
        return [{"id": "endurance", "row": row} for row in found]

    def _run(self) -> None:
        while not self.over.wait(PAUSE):
            for service in SERVICES:
                seconds = health(self.shop.site.address(service))
                self.slowest[service] = max(self.slowest[service], seconds)
                mebibytes = memory(self._pid(service))
                self.memory[service] = max(self.memory[service], mebibytes)

    def _pid(self, service: str) -> int:
        return self.shop.running[service].pid

    def _unhealthy(self) -> Iterator[str]:
        for service, seconds in self.slowest.items():
            if seconds > HEALTHY_WITHIN:
                yield f"{service} was not healthy within {HEALTHY_WITHIN:g} s"

    def _large(self) -> Iterator[str]:
        for service, mebibytes in self.memory.items():
            if mebibytes > MEMORY_MOST:
                yield f"{service} used {mebibytes} MiB of memory"

    def _replaced(self) -> Iterator[str]:
        for service, before in self.workers.items():
            if before - workers(self._pid(service)):
                yield f"{service} has lost a worker process"


def health(address: str) -> float:
    """Return the seconds until a service is healthy; infinite if it is not."""
    started = time.monotonic()
    with requests.Session() as http:
        http.trust_env = False
        try:
            answer = http.get(f"{address}/healthz/", timeout=2 * HEALTHY_WITHIN)
        except requests.RequestException:
            return float("inf")
    return time.monotonic() - started if answer.ok else float("inf")


def workers(pid: int) -> set[int]:
    """Return the children of a process."""
    return {one.pid for one in psutil.Process(pid).children()}


def memory(pid: int) -> int:
    """Return the MiB of a process or its largest child."""
    root = psutil.Process(pid)
    each = [root, *root.children(recursive=True)]
    return max(one.memory_info().rss for one in each) >> 20


def hurt(history: History) -> Iterator[str]:
    """Yield a line if too many customers' orders were lost to hostile clients.

    An order may be refused because its products are sold out.
    """
    placed = history.of("place")
    lost = [line for line in placed if _is_lost(line)]
    if len(lost) > HURT_MOST * len(placed):
        statuses = sorted({line["status"] for line in lost})
        yield f"{len(lost)} of {len(placed)} orders were lost: {statuses}"


def _is_lost(line: dict[str, Any]) -> bool:
    is_refused = line["outcome"] == FAIL and line["status"] in REFUSED_FOR_OTHERS
    return line["outcome"] == INFO or is_refused
