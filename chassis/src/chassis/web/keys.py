"""User-svc's public keys, with which every service verifies access tokens.

PyJWKClient is not used: it fetches under one lock with a 30 s timeout, and when its
cache expires, an outage of user-svc becomes an outage of every service.
"""

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

import jwt

from chassis import logging
from chassis.errors import Unavailable


class Keys:
    """The last good keys: refreshed by age, kept for a day while user-svc is down.

    user-svc publishes a key long before it signs with it, so the refresh by age finds
    each new key in time. An unknown key causes a fetch too, at most one in RETRY
    seconds; a failed fetch is repeated after AGAIN seconds, whoever caused it.

    One thread fetches at a time, in an empty context: nothing of the request that
    caused the fetch (trace, correlation id) is sent with it.
    """

    FRESH, RETRY, AGAIN, KEPT = 300, 30, 1, 86_400
    PATIENCE, FIRST = 1.0, 6.0  # seconds that a request waits with and without keys

    def __init__(self, fetch: Callable[[], dict[str, Any]]) -> None:
        self._fetch = fetch
        self._keys: dict[str, Any] = {}
        self._fetched = self._next = float("-inf")
        self._running: threading.Thread | None = None
        self._lock = threading.Lock()

    def get(self, kid: str) -> Any:
        """Return the key, or None; raise Unavailable when no keys are usable."""
        now = time.monotonic()
        is_known = kid in self._usable(now)
        if not is_known or now - self._fetched >= self.FRESH:
            self._refresh(now, must_wait=not is_known)
        keys = self._usable(now)
        if not keys:
            raise Unavailable("The keys of access tokens are unavailable right now.")
        return keys.get(kid)

    def find(self, kid: str) -> Any:
        """Return the key if it is here already; nothing is fetched."""
        return self._usable(time.monotonic()).get(kid)

    def _usable(self, now: float) -> dict[str, Any]:
        """Return the keys, or none when the last good ones are too old."""
        return self._keys if now - self._fetched <= self.KEPT else {}

    def _refresh(self, now: float, *, must_wait: bool) -> None:
        """Start a fetch if one is due; wait for the one that is running."""
        with self._lock:
            thread = self._running
            is_mine = thread is None and now >= self._next
            if is_mine:
                run = contextvars.Context().run
                thread = self._running = threading.Thread(
                    target=run, args=(self._update, now), daemon=True
                )
                thread.start()
        if thread is not None and (is_mine or must_wait):
            thread.join(self.PATIENCE if self._usable(now) else self.FIRST)

    def _update(self, now: float) -> None:
        pause = self.AGAIN
        try:
            found = jwt.PyJWKSet.from_dict(self._fetch())
            self._keys = {key.key_id: key.key for key in found.keys if key.key_id}
            self._fetched, pause = now, self.RETRY
        except Exception as error:  # any failure: keep the present keys
            logging.get().warning("keys not refreshed", error=str(error)[:200])
        self._next = time.monotonic() + pause
        self._running = None
