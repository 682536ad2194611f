"""A service's own tokens, got from user-svc with its client credentials."""

import threading
import time
from urllib.parse import urlencode

import urllib3

from chassis.errors import Unavailable
from chassis.http import Client


class ServiceTokens:
    """Tokens by audience and scope, fetched at first need and kept until near expiry.

    Raises Unavailable when user-svc gives none.
    """

    EARLY = 60

    def __init__(self, user_svc: Client, client_id: str, secret: str) -> None:
        self._user_svc = user_svc
        self._basic = urllib3.make_headers(basic_auth=f"{client_id}:{secret}")
        self._kept: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def header(self, audience: str, scope: str) -> dict[str, str]:
        """Return the Authorization header for one service and scope."""
        with self._lock:
            token, until = self._kept.get((audience, scope), ("", 0.0))
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
            raise Unavailable("No service token can be had from user-svc now.")
        token = str(answer.data["access_token"])
        lifetime = max(float(answer.data["expires_in"]) - self.EARLY, 1.0)
        self._kept[(audience, scope)] = (token, time.monotonic() + lifetime)
        return token

    def forget(self) -> None:
        """Drop all kept tokens, after one was refused."""
        with self._lock:
            self._kept.clear()
