"""An HTTP client that classifies each answer as success, failure or unknown."""

from dataclasses import dataclass
from http.client import CONFLICT
from typing import Any

import requests

from verification.faults.history import FAIL, INFO, OK

TIMEOUT = 6.0
PROBLEM = "application/problem+json"
JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """The answer to a request; without an answer `status` is 0."""

    outcome: str
    status: int = 0
    data: Any = None
    complaint: str = ""

    @property
    def is_ok(self) -> bool:
        """Return whether the request took effect."""
        return self.outcome == OK

    @property
    def is_in_progress(self) -> bool:
        """Return whether a request with the same key is still being handled."""
        return self.outcome == INFO and self.status == CONFLICT


class Browser:
    """Sends requests to the shop with one account."""

    def __init__(self, addresses: dict[str, str], timeout: float = TIMEOUT) -> None:
        self.addresses, self.timeout = addresses, timeout
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = ""

    def call(self, method: str, service: str, path: str, **more: Any) -> Reply:
        """Send one request; never raise."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        url = self.addresses[service] + path
        try:
            answer = self.http.request(
                method, url, headers=headers, timeout=self.timeout, **more
            )
        except (requests.RequestException, OSError):
            return Reply(INFO)
        return read(answer)

    def follow(self, url: str) -> bool:
        """Open an address; return whether a page was returned."""
        try:
            return self.http.get(url, timeout=self.timeout).ok
        except (requests.RequestException, OSError):
            return False

    def press(self, url: str, *, is_followed: bool) -> int:
        """Post an empty form; return the status, 0 when there is none."""
        try:
            answer = self.http.post(
                url, timeout=self.timeout, allow_redirects=is_followed
            )
        except (requests.RequestException, OSError):
            return 0
        return (answer.history or [answer])[0].status_code


def read(answer: requests.Response) -> Reply:
    """Classify an answer."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    try:
        data = answer.json() if answer.content else None
    except ValueError:
        return Reply(
            INFO, answer.status_code
        )  # garbage of the proxy, or a truncated answer
    if answer.ok:
        return Reply(
            OK if kind == JSON or data is None else INFO, answer.status_code, data
        )
    if kind != PROBLEM:
        return Reply(INFO, answer.status_code)
    is_unknown = answer.status_code >= 500 or answer.status_code in (409, 429)
    complaint = ""
    if answer.status_code >= 500 and answer.status_code != 503:
        complaint = f"{answer.request.method} {answer.request.path_url}: {data}"
    code = data.get("code") if isinstance(data, dict) else ""
    if answer.status_code == 409 and code != "idempotency_in_progress":
        is_unknown = False
    return Reply(INFO if is_unknown else FAIL, answer.status_code, data, complaint)
