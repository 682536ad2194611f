"""The hashing of passwords, which must not occupy the whole process.

A request that hashes a password takes one of the places for as long as it runs: half of
the server's threads. The hashes themselves are computed by one thread of low priority,
so that the other requests keep their speed. An argon2 hash needs 19 MiB, and the
allocator keeps that memory for each thread that has needed it.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from chassis.errors import Unavailable
from chassis.http import BUSY

P = ParamSpec("P")
T = TypeVar("T")
RUNNING = 1  # hashes at a time
NICE = 10


class Hashing:
    """The places, and the thread, of one process."""

    def __init__(self, threads: int) -> None:
        self._places = threading.BoundedSemaphore(max(1, threads // 2))
        self._pool = ThreadPoolExecutor(RUNNING, "hashing", _lower_priority)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place meanwhile; raise Unavailable `busy` when there is none."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(
                "Too many passwords are being checked; send the request again.",
                code=BUSY,
                headers={"Retry-After": "1"},
            )
        try:
            yield
        finally:
            self._places.release()

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Hash in the thread, and return the result."""
        context = copy_context()
        done = self._pool.submit(lambda: context.run(work, *args, **kwargs))
        return done.result()


def _lower_priority() -> None:
    with suppress(OSError):  # on Linux, threads have priorities of their own
        thread = threading.get_native_id()
        nice = max(NICE, os.getpriority(os.PRIO_PROCESS, thread))
        os.setpriority(os.PRIO_PROCESS, thread, nice)
