"""Service tokens: user-svc issues them for the service's client credentials."""

import threading
import time
from urllib.parse import urlencode

import urllib3

from chassis.errors import Unavailable
from chassis.http import Client


class ServiceTokens:
    """Tokens by audience and scope, fetched when needed and cached until near expiry.

    Raises Unavailable when user-svc issues none.
    """

    EARLY = 60  # seconds before its expiry at which a token is replaced

    def __init__(self, user_svc: Client, client_id: str, secret: str) -> None:
        self._user_svc = user_svc
        self._basic = urllib3.make_headers(basic_auth=f"{client_id}:{secret}")
        self._cache: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def header(self, audience: str, scope: str) -> dict[str, str]:
        """Return the Authorization header for one service and scope."""
        with self._lock:
            token, until = self._cache.get((audience, scope), ("", 0.0))
            if time.monotonic() >= until:
                token = self._fetch(audience, scope)
        return {"Authorization": f"Bearer {token}"}

    def _fetch(self, audience: str, scope: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "audience": audience,
            "scope": scope,
        }
        answer = self._user_svc.call(
            "POST",
            "/user/token/",
            body=urlencode(form).encode(),
            headers={
                **self._basic,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        if answer.status != 200:
            raise Unavailable("user-svc issues no service token right now.")
        token = str(answer.data["access_token"])
        lifetime = max(float(answer.data["expires_in"]) - self.EARLY, 1.0)
        self._cache[(audience, scope)] = (token, time.monotonic() + lifetime)
        return token

    def forget(self) -> None:
        """Drop all cached tokens, after one was refused."""
        with self._lock:
            self._cache.clear()
