"""The HTTP session of Razorpay's client: time and size limits, strict checks.

The client's exceptions carry no status, so that 401 or 429 look like a refusal. The
client also prints network errors, has no timeout and reads bodies of any size. The
session therefore classifies each response before the client sees it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter

from chassis.outcomes import Unknown
from payment_svc.razorpay import causes

CONNECT, READ, WHOLE = 2.0, 8.0, 12.0  # seconds
MAX_ANSWER = 1 << 20
CHUNK = 1 << 16
MOST_PAUSE = 3600.0  # seconds, whatever Retry-After demands: an order has a deadline
MOST_TEXT = 1000
DEFINITE = (400, 404)
MEMBERS = ("code", "source", "step", "reason", "field")
NOT_AVAILABLE = "NA"
Observer = Callable[..., None]


class Refusal(Exception):
    """Razorpay has refused the request; the text is its description.

    `data` has the error's code, source, step, reason and field, as far as they are
    given. Descriptions change without notice, so a decision reads `data` first.
    """

    def __init__(self, description: str, data: dict[str, str]) -> None:
        super().__init__(description)
        self.data = data


class Adapter(HTTPAdapter):
    """Sets timeouts, and raises Unknown for network errors."""

    def send(
        self, request: requests.PreparedRequest, *_: Any, **options: Any
    ) -> requests.Response:
        """Send a request within the timeouts; no redirect is followed."""
        options.update(timeout=(CONNECT, READ), stream=True)
        try:
            return super().send(request, **options)
        except requests.RequestException as error:
            raise Unknown(type(error).__name__) from None


def make_session(base_url: str, *observers: Observer) -> requests.Session:
    """Return a session that bounds and classifies every response.

    Each observer is called with a response before the response is classified.
    """
    session = requests.Session()
    session.trust_env = base_url.startswith("https:")  # no proxy to a local sandbox
    session.max_redirects = 0
    session.mount("http://", Adapter())
    session.mount("https://", Adapter())
    session.hooks["response"] = [*observers, _classify]
    return session


def _classify(response: requests.Response, *_: Any, **__: Any) -> requests.Response:
    """Return a 2xx response with a JSON object; raise Refusal or Unknown otherwise."""
    raw = _read(response)
    status = response.status_code
    if not 200 <= status < 300:
        raise _failure(status, raw, _retry_after(response.headers))
    _object(raw)
    response._content = raw
    return response


def _failure(status: int, raw: bytes, retry_after: float) -> Refusal | Unknown:
    """Return a refusal of this request, or why there is no definite answer."""
    error = _error(raw)
    cause = causes.find(status, error)
    if cause is not None:
        detail = error.get("description") or f"HTTP {status}"
        return causes.ProviderProblem(cause, detail, retry_after)
    if status not in DEFINITE:
        return Unknown(f"HTTP {status}", retry_after)
    return _refusal(_object(raw))


def _read(response: requests.Response) -> bytes:
    try:
        return b"".join(_parts(response.raw))
    except (OSError, urllib3.exceptions.HTTPError) as error:
        response.close()
        raise Unknown(type(error).__name__) from None
    except Unknown:
        response.close()
        raise


def _parts(raw: Any) -> Iterator[bytes]:
    """Yield the body; raise Unknown for one that is too large or too slow."""
    deadline, size = time.monotonic() + WHOLE, 0
    while part := raw.read1(CHUNK, decode_content=True):
        size += len(part)
        if size > MAX_ANSWER:
            raise Unknown("an answer too large")
        if time.monotonic() > deadline:
            raise Unknown("an answer too slow")
        yield part


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Unknown("not JSON") from None
    if not isinstance(found, dict):
        raise Unknown("not a JSON object")
    return found


def _refusal(body: dict[str, Any]) -> Refusal:
    error = body.get("error")
    if not isinstance(error, dict):  # a gateway answered, not the API
        raise Unknown("a refusal without an error")
    members = _texts(error)
    return Refusal(members.pop("description", ""), members)


def _error(raw: bytes) -> dict[str, str]:
    """Return the members of an error; a gateway has only a description or nothing."""
    try:
        body = _object(raw)
    except Unknown:
        return {}
    error = body.get("error")
    found = error if isinstance(error, dict) else {"description": body.get("message")}
    return _texts(found)


def _texts(error: dict[str, Any]) -> dict[str, str]:
    given = {name: error.get(name) for name in (*MEMBERS, "description")}
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    known = {name: value for name, value in texts.items() if value != NOT_AVAILABLE}
    return {name: _printable(value) for name, value in known.items()}


def _printable(text: str) -> str:
    """Return a text on one line; PostgreSQL stores no NUL."""
    return "".join(c if c.isprintable() else " " for c in text[:MOST_TEXT])


def _retry_after(headers: Mapping[str, str]) -> float:
    value = headers.get("Retry-After", "")
    known = float(value) if value.isascii() and value.isdigit() else 0.0
    return min(known, MOST_PAUSE)
