"""HTTP calls to other services: timeouts, one retry and a circuit breaker."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
import urllib3
from opentelemetry import propagate

from chassis import correlation
from chassis.breaker import Breaker
from chassis.outcomes import Unknown

MAX_ANSWER = 1 << 20
CONNECT, READ = 0.5, 2.0  # seconds
BUSY = "busy"  # the code of a 503 that protects a service: it works


def _seconds(retry_after: str) -> float:
    """Return the seconds of a Retry-After; 0 if it has none."""
    is_whole = retry_after.isascii() and retry_after.isdigit()
    return float(retry_after[:6]) if is_whole else 0.0


@dataclass(frozen=True)
class Answer:
    """A definite answer: its status and its JSON (None when it has none)."""

    status: int
    data: Any


class Outage(Unknown):
    """The other service does not answer, or not as a service does.

    Only outages count in the circuit breaker. Any other Unknown is an answer that our
    own request has caused (4xx), and proves that the service works.
    """


class Limited(Unknown):
    """The other service refuses this rate of requests (429)."""


class Client:
    """A client of one other service.

    Connect 0.5 s, read 2 s; GET, PUT and DELETE are retried once when no answer
    came. Raises Outage for timeouts, refused connections, 5xx and 2xx that is not
    JSON; after five of those in a row the breaker opens and calls fail at once for
    5 s. Raises Limited for 429, and Unknown for 408, 4xx that is not JSON, and 503
    with the code BUSY.
    """

    def __init__(self, name: str, base_url: str, *, read: float | None = None) -> None:
        self.name = name
        self.base_url = base_url
        self.pool = urllib3.PoolManager(
            maxsize=16,
            timeout=urllib3.Timeout(connect=CONNECT, read=read or READ),
            retries=urllib3.Retry(
                total=1, redirect=0, status=0, allowed_methods={"GET", "PUT", "DELETE"}
            ),
        )
        self.breaker = Breaker()

    @property
    def is_down(self) -> bool:
        """Return whether the breaker is open, so that a caller can skip the call."""
        return self.breaker.is_open

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Call and return the definite answer, 2xx or 4xx alike."""
        if self.is_down:
            raise Unknown(f"{self.name} is unavailable right now.")
        try:
            answer = self._call(method, path, json, body, headers or {})
        except Unknown as failure:
            self.breaker.count(failed=isinstance(failure, Outage))
            raise
        self.breaker.count(failed=False)
        return answer

    def _call(
        self,
        method: str,
        path: str,
        json: Any,
        body: bytes | None,
        more: dict[str, str],
    ) -> Answer:
        headers = {correlation.HEADER: correlation.current(), **more}
        propagate.inject(headers)
        if json is not None:
            body = orjson.dumps(json)
            headers["Content-Type"] = "application/json"
        try:
            response = self.pool.request(
                method,
                self.base_url + path,
                body=body,
                headers=headers,
                preload_content=False,
                redirect=False,
            )
            raw = response.read(MAX_ANSWER + 1)
            if len(raw) > MAX_ANSWER:
                response.close()  # unread data makes the connection unusable
                raise Outage(f"{self.name} answered more than is read.")
            response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            kind = type(error).__name__
            raise Outage(f"{self.name} does not answer ({kind}).") from None
        if response.status == 429:
            wait = response.headers.get("Retry-After", "")
            raise Limited(f"{self.name} answered 429.", _seconds(wait))
        return self._definite(response.status, raw)

    def _definite(self, status: int, raw: bytes) -> Answer:
        works = 400 <= status < 500 or (status == 503 and _is_busy(raw))
        failure = Unknown if works else Outage
        if status >= 500 or status == 408 or 300 <= status < 400:
            raise failure(f"{self.name} answered {status}.")
        try:
            return Answer(status, orjson.loads(raw) if raw else None)
        except orjson.JSONDecodeError:
            raise failure(f"{self.name} answered {status} without JSON.") from None


def _is_busy(raw: bytes) -> bool:
    with suppress(orjson.JSONDecodeError):
        data = orjson.loads(raw)
        return isinstance(data, dict) and data.get("code") == BUSY
    return False
