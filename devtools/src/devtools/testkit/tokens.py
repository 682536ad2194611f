"""Access tokens of tests, signed as user-svc signs them."""

import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from chassis.web import auth


class Tokens:
    """Signs tokens as user-svc does, with a key of the test run."""

    KID = "test-key"

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        public: dict[str, Any] = RSAAlgorithm.to_jwk(
            self.key.public_key(), as_dict=True
        )
        self.jwks = {
            "keys": [{**public, "kid": self.KID, "alg": "RS256", "use": "sig"}]
        }

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        """Return a token with valid claims, overridden by these."""
        now = int(time.time())
        base = {"iss": "shop", "iat": now, "exp": now + 600, "jti": uuid.uuid4().hex}
        return jwt.encode(
            {**base, **claims},
            self.key,
            "RS256",
            {"typ": auth.TYPE, "kid": self.KID, **headers},
        )

    def user(self, user_id: int = 1, role: str = "customer") -> dict[str, str]:
        """Return the headers of a signed-in user."""
        token = self.sign({"sub": str(user_id), "aud": auth.SHOP, "role": role})
        return {"Authorization": f"Bearer {token}"}

    def staff(self, user_id: int = 900) -> dict[str, str]:
        """Return the headers of a member of staff."""
        return self.user(user_id, "staff")

    def admin(self, user_id: int = 999) -> dict[str, str]:
        """Return the headers of an admin."""
        return self.user(user_id, "admin")

    def service(self, client: str, audience: str, *scopes: str) -> dict[str, str]:
        """Return the headers of a service."""
        claims = {"sub": client, "aud": audience, "scope": " ".join(scopes)}
        return {"Authorization": f"Bearer {self.sign(claims)}"}
