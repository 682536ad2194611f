"""Checks that send a second request, with a key or a cursor that is really known.

Made-up cursors are refused, and every key is new, so these follow a first answer.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from schemathesis.core.failures import Failure

WITHIN = 60.0
KEY = "Idempotency-Key"


def answers_again(response: Any) -> None:
    """Send a request with an Idempotency-Key again: it gets the first answer."""
    request = response.request
    has_key = request.method == "POST" and request.headers.get(KEY)
    if not has_key or not _is_good(response):
        return
    second = _send(request)
    is_same = (second.status_code, second.content) == (
        response.status_code,
        response.content,
    )
    if not is_same or second.headers.get("Idempotency-Replayed") != "true":
        raise _failure(response, "A repeated key gets another answer", second)


def continues(response: Any) -> None:
    """Request the next page of a list: it has other rows, in the documented form."""
    page: Any = _json(response) if _is_good(response) else None
    cursor = page.get("next_cursor") if isinstance(page, dict) else None
    if not cursor or response.request.method != "GET":
        return
    request = response.request.copy()
    request.url = with_cursor(request.url, cursor)
    second = _send(request)
    following = _json(second)
    if second.status_code != 200 or not isinstance(following, dict):
        raise _failure(response, "A cursor of the last page is refused", second)
    if any(row in page["data"] for row in following["data"]):
        raise _failure(response, "A row is on two pages", second)


def with_cursor(url: str, cursor: str) -> str:
    """Return the address of a list's next page."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = [(name, value) for name, value in pairs if name != "cursor"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("cursor", cursor)])))


def _is_good(response: Any) -> bool:
    return bool(200 <= response.status_code < 300)


def _json(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _send(request: requests.PreparedRequest) -> requests.Response:
    with requests.Session() as http:
        http.trust_env = False
        return http.send(request, timeout=WITHIN, allow_redirects=False)


def _failure(response: Any, title: str, second: requests.Response) -> Failure:
    texts: Mapping[str, Any] = {"first": response.content, "second": second.content}
    found = ", ".join(f"{name}: {text[:300]!r}" for name, text in texts.items())
    return Failure(
        operation=str(response.request.path_url),
        title=title,
        message=f"{second.status_code} after {response.status_code}; {found}",
    )
