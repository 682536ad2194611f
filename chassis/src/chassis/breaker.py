"""A circuit breaker: after failures in a row, calls fail at once for a while."""

import time

FAILURES = 5
PAUSE = 5.0  # seconds


class Breaker:
    """Opens after `FAILURES` failures in a row, for `PAUSE` seconds.

    After the pause one further failure opens it again, and a success closes it.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._opened = float("-inf")

    @property
    def is_open(self) -> bool:
        """Return whether calls must not be made now."""
        return time.monotonic() - self._opened < PAUSE

    def count(self, *, failed: bool) -> None:
        """Count the outcome of a call; one that ends while it is open has no effect."""
        if self.is_open:
            return
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= FAILURES:
            self._opened = time.monotonic()
