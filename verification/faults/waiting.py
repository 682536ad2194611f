"""Waits for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
WITHIN = 60.0
PAUSE = 0.05


def wait_for(
    look: Callable[[], T], what: str, within: float = WITHIN, pause: float = PAUSE
) -> T:
    """Look until there is something to see, and return it; else raise TimeoutError."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within:.0f} s in vain until {what}")
        time.sleep(pause)
    return found
