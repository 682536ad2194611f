"""Access and refresh tokens: issuing, rotating, revoking.

A refresh token's successor is HMAC(server key, token): an honest retry gets the same
one again, and the database holds nothing but hashes.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import jwt
from sqlalchemy import delete, select, update

from chassis import clock
from chassis.auth import ALGORITHM, SHOP, TYPE
from chassis.errors import Unauthorized
from user_svc.config import Settings
from user_svc.keys import KeyManager, derived
from user_svc.managers import Sessions
from user_svc.models import RefreshToken, ServiceClient, TokenState, User


@dataclass(frozen=True)
class Pair:
    """What a sign-in gives; lifetimes in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    token_type: str = "Bearer"  # noqa: S105


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invalid_refresh_token() -> Unauthorized:
    """Return the answer to a token that is unknown, expired or revoked."""
    return Unauthorized("The refresh token is not valid; sign in again.")


class TokenManager:
    """Tokens of users and services."""

    def __init__(self, session: Sessions, settings: Settings) -> None:
        self.session = session
        self.settings = settings
        self.keys = KeyManager(session, settings.signing_key_secret)

    def sign_in(self, user: User) -> Pair:
        """Begin a family of tokens for a user whose password was right."""
        token = secrets.token_urlsafe(32)
        self._keep(user.id, str(uuid.uuid4()), token)
        return self._pair(user, token)

    def refresh(self, token: str) -> Pair | None:
        """Return the successor pair; None when the token was used again too late.

        None means that its family is revoked, in the open transaction.
        """
        row = self.find(token)
        if row is None or row.expires_at <= clock.now():
            raise invalid_refresh_token()
        user = self.session.get(User, row.user_id)
        if user is None or not user.is_active or row.state == TokenState.REVOKED:
            raise invalid_refresh_token()
        successor = self._successor(token)
        if self._spend(row):
            self._keep(row.user_id, row.family, successor)
        elif not self._is_retry(row):
            self.revoke(row.family)
            return None
        return self._pair(user, successor)

    def find(self, token: str) -> RefreshToken | None:
        """Return the row of a refresh token, if there is one."""
        found = select(RefreshToken).where(RefreshToken.token_hash == _hash(token))
        return cast("RefreshToken | None", self.session.scalar(found))

    def revoke(self, family: str) -> None:
        """End a family."""
        self.session.execute(
            update(RefreshToken)
            .where(RefreshToken.family == family)
            .values(state=TokenState.REVOKED, updated_at=clock.now())
        )

    def for_service(self, client: ServiceClient, audience: str, scope: str) -> str:
        """Return an access token of a service."""
        claims = {"sub": client.client_id, "aud": audience, "scope": scope}
        return self._sign({**claims, "client_id": client.client_id})

    def prune(self) -> int:
        """Forget expired refresh tokens after the days that the settings say."""
        before = clock.now() - timedelta(days=self.settings.prune_after_days)
        gone = delete(RefreshToken).where(RefreshToken.expires_at < before)
        return int(self.session.execute(gone).rowcount)  # type: ignore[attr-defined]

    def _successor(self, token: str) -> str:
        key = derived(self.settings.signing_key_secret, "refresh tokens")
        digest = hmac.new(key, token.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _spend(self, row: RefreshToken) -> bool:
        """Spend an active token; of two at once, one does."""
        spent = self.session.execute(
            update(RefreshToken)
            .where(RefreshToken.id == row.id, RefreshToken.state == TokenState.ACTIVE)
            .values(state=TokenState.SPENT, spent_at=clock.now())
        )
        self.session.refresh(row)
        return bool(spent.rowcount)  # type: ignore[attr-defined]

    def _is_retry(self, row: RefreshToken) -> bool:
        window = timedelta(seconds=self.settings.refresh_retry_seconds)
        spent = row.state == TokenState.SPENT and row.spent_at is not None
        return spent and clock.now() - cast("Any", row.spent_at) <= window

    def _keep(self, user_id: int, family: str, token: str) -> None:
        lifetime = timedelta(days=self.settings.refresh_token_days)
        self.session.add(
            RefreshToken(
                user_id=user_id,
                family=family,
                token_hash=_hash(token),
                expires_at=clock.now() + lifetime,
            )
        )
        self.session.flush()

    def _pair(self, user: User, refresh_token: str) -> Pair:
        claims = {"sub": str(user.id), "aud": SHOP, "role": user.role}
        return Pair(
            access_token=self._sign(claims),
            expires_in=self.settings.access_token_seconds,
            refresh_token=refresh_token,
            refresh_expires_in=self.settings.refresh_token_days * 86400,
        )

    def _sign(self, claims: dict[str, Any]) -> str:
        kid, key = self.keys.current()
        now = int(clock.now().timestamp())
        base = {
            "iss": self.settings.jwt_issuer,
            "iat": now,
            "exp": now + self.settings.access_token_seconds,
            "jti": uuid.uuid4().hex,
        }
        headers = {"typ": TYPE, "kid": kid}
        return jwt.encode({**base, **claims}, key, ALGORITHM, headers)
