"""Authentication and authorization by user-svc's access tokens.

PyJWT enforces expiry, issuer and audience only when asked and never checks `typ`;
this module demands all of them, and allows exactly one algorithm.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import jwt
from flask import Flask, current_app, g, request

from chassis import logging
from chassis.config import settings
from chassis.errors import Forbidden, Unauthorized, Unavailable
from chassis.http import Client

ALGORITHM = "RS256"
TYPE = "at+jwt"
SHOP = "shop"  # the audience of users' tokens; a service token names the called service
LEEWAY = 30
CUSTOMER, STAFF, ADMIN = "customer", "staff", "admin"
ROLES = {
    CUSTOMER: {CUSTOMER},
    STAFF: {CUSTOMER, STAFF},
    ADMIN: {CUSTOMER, STAFF, ADMIN},
}


@dataclass(frozen=True)
class Caller:
    """A signed-in user (`id`, `role`) or a service (`client`, `scopes`)."""

    id: int | None = None
    role: str = ""
    client: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)

    def may(self, who: str) -> bool:
        """Return whether the caller has a role, or a scope such as `users:read`."""
        return who in self.scopes if ":" in who else who in ROLES.get(self.role, ())

    @property
    def is_staff(self) -> bool:
        """Return whether this is a staff or admin user."""
        return self.may(STAFF)

    def __str__(self) -> str:
        return self.client or f"user:{self.id}"


class Keys:
    """User-svc's public keys: refreshed every 5 minutes, kept when a refresh fails.

    PyJWKClient is not used: it fetches under one lock with a 30 s timeout, and when its
    cache expires, an outage of user-svc becomes an outage of every service.
    """

    FRESH, RETRY = 300, 30

    def __init__(self, fetch: Callable[[], dict[str, Any]]) -> None:
        self._fetch = fetch
        self._keys: dict[str, Any] = {}
        self._due = 0.0
        self._asked = float("-inf")
        self._lock = threading.Lock()

    def get(self, kid: str) -> Any:
        """Return the key, or None; an unknown key causes at most one fetch in 30 s."""
        now = time.monotonic()
        pause = self.RETRY if self._keys else 1
        stale = now >= self._due or kid not in self._keys
        if (
            stale
            and now - self._asked >= pause
            and self._lock.acquire(blocking=not self._keys)
        ):
            try:
                self._refresh(now)
            finally:
                self._lock.release()
        if not self._keys:
            raise Unavailable(
                "The keys to verify access tokens are unavailable right now."
            )
        return self._keys.get(kid)

    def _refresh(self, now: float) -> None:
        if now < self._asked:  # another thread has fetched meanwhile
            return
        try:
            found = jwt.PyJWKSet.from_dict(self._fetch())
            self._keys = {key.key_id: key.key for key in found.keys if key.key_id}
            self._due = time.monotonic() + self.FRESH
        except Exception as error:  # any failure: keep the present keys
            logging.get().warning("keys not refreshed", error=str(error)[:200])
        finally:  # at the end: threads without keys wait for these
            self._asked = time.monotonic()


def verify(token: str, audience: str, keys: Keys, issuer: str) -> Caller:
    """Return the caller that a token names, or raise Unauthorized."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != TYPE or not isinstance(header.get("kid"), str):
            raise jwt.InvalidTokenError
        key = keys.get(header["kid"])
        if key is None:
            raise jwt.InvalidTokenError
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=[SHOP, audience],
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
        )
        return _caller(claims, audience)
    except (
        jwt.InvalidTokenError,
        ValueError,
        TypeError,
        KeyError,
        RecursionError,  # a header of a thousand brackets
    ):
        raise Unauthorized("The access token is not valid, or no longer.") from None


def _caller(claims: dict[str, Any], audience: str) -> Caller:
    scopes = frozenset(str(claims.get("scope", "")).split())
    if claims["aud"] == SHOP:
        return Caller(id=int(claims["sub"]), role=str(claims["role"]))
    if claims["aud"] == audience:
        return Caller(client=str(claims["sub"]), scopes=scopes)
    raise jwt.InvalidAudienceError


def bearer() -> str:
    """Return the request's token, or raise Unauthorized."""
    lines = request.headers.getlist("Authorization")
    parts = lines[0].split(" ") if len(lines) == 1 else []
    if len(parts) != 2 or parts[0].lower() != "bearer" or len(parts[1]) > 8192:
        raise Unauthorized("Sign in: send one Authorization header, Bearer <token>.")
    return parts[1]


def authenticate(who: tuple[str, ...]) -> None:
    """Set `g.caller` from the request's token; raise Forbidden if not one of `who`."""
    config = settings()
    keys = cast("Keys", current_app.extensions["keys"])
    g.caller = verify(bearer(), config.service, keys, config.jwt_issuer)
    if not any(g.caller.may(one) for one in who):
        raise Forbidden("You are signed in, but not allowed to do this.")


def caller() -> Caller:
    """Return the caller; only inside a view that `requires` one."""
    return cast("Caller", g.caller)


def keys_of(user_svc: Client) -> Callable[[], dict[str, Any]]:
    """Return a function that fetches user-svc's public keys as a JWKS."""
    return lambda: dict(user_svc.call("GET", "/.well-known/jwks.json").data)


def init_app(app: Flask, fetch_keys: Callable[[], dict[str, Any]]) -> None:
    """Verify tokens with the keys that `fetch_keys` returns as a JWKS."""
    app.extensions["keys"] = Keys(fetch_keys)
