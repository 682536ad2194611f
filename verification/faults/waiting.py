"""Waits for a condition instead of a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
WITHIN = 60.0
PAUSE = 0.05


def wait_for(
    poll: Callable[[], T], what: str, within: float = WITHIN, pause: float = PAUSE
) -> T:
    """Poll until the result is true, and return it; raise TimeoutError if never."""
    deadline = time.monotonic() + within
    while not (found := poll()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within:.0f} s, but not: {what}")
        time.sleep(pause)
    return found
