"""Authentication and authorization by user-svc's access tokens.

PyJWT enforces expiry, issuer and audience only when asked and never checks `typ`;
this module demands all of them, and allows exactly one algorithm.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import jwt
from flask import Flask, current_app, g, request

from chassis.action_log import Actor
from chassis.config import settings
from chassis.errors import Forbidden, Unauthorized
from chassis.http import Client
from chassis.web.keys import Keys

ALGORITHM = "RS256"
TYPE = "at+jwt"
SHOP = "shop"  # the audience of users' tokens; a service token names the called service
LEEWAY = 30
CUSTOMER, STAFF, ADMIN = "customer", "staff", "admin"
SERVICE = "service"  # the role of a service in the action log
ROLES = {
    CUSTOMER: {CUSTOMER},
    STAFF: {CUSTOMER, STAFF},
    ADMIN: {CUSTOMER, STAFF, ADMIN},
}


@dataclass(frozen=True)
class Caller:
    """A signed-in user (`id`, `role`) or a service (`client`, `scopes`).

    A user's `scopes` are roles that the token is limited to; none means no limit.
    """

    id: int | None = None
    role: str = ""
    client: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)

    def may(self, who: str) -> bool:
        """Return whether the caller has a role, or a scope such as `users:read`."""
        if self.client:
            return ":" in who and who in self.scopes
        return who in ROLES.get(self.role, ()) and who in (self.scopes or {who})

    @property
    def is_staff(self) -> bool:
        """Return whether this is a staff or admin user."""
        return self.may(STAFF)

    @property
    def actor(self) -> Actor | None:
        """Return whose changes are logged; None for a customer."""
        if self.role == CUSTOMER:
            return None
        return Actor(str(self), self.role or SERVICE, "api", self.id)

    def __str__(self) -> str:
        return self.client or f"user:{self.id}"


def verify(
    token: str, audience: str, find_key: Callable[[str], Any], issuer: str
) -> Caller:
    """Return the caller that a token names, or raise Unauthorized."""
    with _invalid_is_unauthorized():
        kid = _kid(token)
    key = find_key(kid)
    with _invalid_is_unauthorized():
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


@contextmanager
def _invalid_is_unauthorized() -> Iterator[None]:
    """Raise Unauthorized for what a client can write into a token."""
    try:
        yield
    except (
        jwt.InvalidTokenError,
        ValueError,
        TypeError,
        KeyError,
        RecursionError,  # a header of a thousand brackets
    ):
        raise Unauthorized("The access token is not valid, or no longer.") from None


def _kid(token: str) -> str:
    """Return the id of the key that a token names."""
    header = jwt.get_unverified_header(token)
    kid = header.get("kid")
    if header.get("typ") != TYPE or not isinstance(kid, str):
        raise jwt.InvalidTokenError
    return kid


def _caller(claims: dict[str, Any], audience: str) -> Caller:
    scopes = frozenset(str(claims.get("scope", "")).split())
    if claims["aud"] == SHOP:
        return Caller(int(claims["sub"]), str(claims["role"]), scopes=scopes)
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


def _keys() -> Keys:
    return cast("Keys", current_app.extensions["keys"])


def identify(environ: dict[str, Any]) -> Caller | None:
    """Return the caller if the token is valid by the keys that are here already.

    `environ` is the WSGI environment of the present request.
    """
    if "HTTP_AUTHORIZATION" not in environ:
        return None
    config = settings()
    try:
        return verify(bearer(), config.service, _keys().find, config.jwt_issuer)
    except Unauthorized:
        return None


def authenticate(who: tuple[str, ...]) -> None:
    """Set `g.caller` from the request's token; raise Forbidden if not one of `who`."""
    config = settings()
    g.caller = g.get("identity") or verify(
        bearer(), config.service, _keys().get, config.jwt_issuer
    )
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

    def fetch() -> dict[str, Any]:  # in a thread of its own
        with app.app_context():
            return fetch_keys()

    app.extensions["keys"] = Keys(fetch)
