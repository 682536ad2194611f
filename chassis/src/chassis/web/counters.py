"""Where the requests of a limit are counted: in this process, or in a shared Redis."""

import threading
import time
from time import monotonic
from typing import Any

from limits.storage import RedisStorage, Storage
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from chassis import logging

MEMORY, PREFIX = "local-memory://", "local-"
PATIENCE = 0.2  # seconds that a request waits for Redis
PAUSE = 1.0  # seconds until a Redis that has failed is tried again


class LocalCounters(Storage):
    """Counters in this process.

    The memory storage of `limits` starts a thread for each request and looks at each
    key a hundred times per second, which many addresses would make expensive.
    """

    STORAGE_SCHEME = ["local-memory"]  # noqa: RUF012
    MOST, CLEANED_EVERY = 50_000, 10.0

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self._counts: dict[str, tuple[int, float]] = {}
        self._next_clean = 0.0
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return the errors of this storage: it has none."""
        return ValueError

    def count(self, key: str, expiry: int, _step: int = 1, amount: int = 1) -> int:
        """Count, and return the count; a new key ends after `expiry` seconds."""
        now = monotonic()
        with self._lock:
            if now > self._next_clean or len(self._counts) >= self.MOST:
                self._clean(now)
            count, end = self._counts.get(key, (0, now + expiry))
            self._counts[key] = (count + amount, end)
            return count + amount

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count several requests at once."""
        return self.count(key, expiry, amount=amount)

    def _clean(self, now: float) -> None:
        """Drop the keys that have ended; beyond MOST also the oldest one."""
        if now > self._next_clean:
            self._next_clean = now + self.CLEANED_EVERY
            live = self._counts.items()
            self._counts = {key: value for key, value in live if value[1] > now}
        if len(self._counts) >= self.MOST:
            del self._counts[next(iter(self._counts))]

    def get(self, key: str) -> int:
        """Return the count of a key."""
        return self._counts.get(key, (0, 0.0))[0]

    def get_expiry(self, key: str) -> float:
        """Return when a key ends, in Unix seconds."""
        end = self._counts.get(key, (0, 0.0))[1]
        return time.time() + max(0.0, end - monotonic())

    def check(self) -> bool:
        """Return that the storage works."""
        return True

    def reset(self) -> int:
        """Forget all keys; return their number."""
        with self._lock:
            number = len(self._counts)
            self._counts.clear()
            return number

    def clear(self, key: str) -> None:
        """Forget a key."""
        self._counts.pop(key, None)


class SharedCounters(RedisStorage):
    """Counters in Redis; this process counts alone while Redis does not answer.

    Large limits are counted here, and added to Redis in steps: a call of Redis takes
    longer than all else that a limit costs. So a large limit may be exceeded by one
    step for each process; a small one is exact.
    """

    STORAGE_SCHEME = ["local-redis", "local-rediss"]  # noqa: RUF012

    def __init__(self, uri: str, **options: Any) -> None:
        quick: dict[str, Any] = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(uri.removeprefix(PREFIX), **quick, **options)
        self.alone, self.own, self.known = (LocalCounters() for _ in range(3))
        self._is_down, self._next = False, float("-inf")

    def count(self, key: str, expiry: int, step: int) -> int:
        """Count a request, and return the count; Redis gets `step` requests at once."""
        if step < 2:
            return self.incr(key, expiry)
        rest = self.own.incr(key, expiry) % step
        if rest == 0:
            total = self.incr(key, expiry, step)
            self.known.clear(key)
            return self.known.incr(key, expiry, total)
        return self.known.get(key) + rest

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in Redis, or here while Redis does not answer."""
        now = monotonic()
        if now < self._next:
            return self.alone.incr(key, expiry, amount)
        if self._is_down:
            self._next = now + PAUSE  # the others go on without Redis meanwhile
        try:
            count = super().incr(key, expiry, amount)
        except RedisError as error:
            self._note(is_down=True, error=type(error).__name__)
            return self.alone.incr(key, expiry, amount)
        self._note(is_down=False)
        return count

    def _note(self, *, is_down: bool, **details: str) -> None:
        self._next = monotonic() + PAUSE if is_down else float("-inf")
        if is_down != self._is_down:
            self._is_down = is_down
            where = "in this process" if is_down else "in Redis"
            logging.get().warning(f"limits are counted {where}", **details)


Counters = LocalCounters | SharedCounters
