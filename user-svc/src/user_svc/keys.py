"""The keys that sign tokens: kept encrypted, published, rotated."""

import base64
import secrets
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from chassis import clock
from chassis.auth import ALGORITHM
from user_svc.managers import Sessions
from user_svc.models import SigningKey

PUBLISH_BEFORE_USE = timedelta(minutes=6)  # every verifier refreshes within five


@lru_cache(maxsize=4)
def derived(secret: str, purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose."""
    hkdf = HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode())
    return hkdf.derive(secret.encode())


@lru_cache(maxsize=8)
def _private(secret: str, encrypted: str) -> rsa.RSAPrivateKey:
    pem = _fernet(secret).decrypt(encrypted.encode())
    key = serialization.load_pem_private_key(pem, password=None)
    return cast("rsa.RSAPrivateKey", key)


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(secret, "signing keys")))


class KeyManager:
    """The signing keys, from the oldest that a token may still need to the next."""

    def __init__(self, session: Sessions, secret: str) -> None:
        self.session = session
        self.secret = secret

    def current(self) -> tuple[str, rsa.RSAPrivateKey]:
        """Return the id and the private half of the key to sign with now."""
        key = self._newest_active()
        if key is None:
            self._make(generation=1)
            key = self._newest_active()
        if key is None:
            raise LookupError("no signing key can be made")
        return key.kid, _private(self.secret, key.private_key)

    def published(self) -> dict[str, Any]:
        """Return the public halves as a JSON Web Key Set."""
        keys = self.session.scalars(select(SigningKey).order_by(SigningKey.generation))
        return {"keys": [key.public_jwk for key in keys]}

    def rotate(self, every: timedelta) -> bool:
        """Publish a successor when the newest key is old; say whether."""
        newest = self.session.scalar(
            select(SigningKey).order_by(SigningKey.generation.desc()).limit(1)
        )
        if newest is None or newest.active_from + every > clock.now():
            return False
        self._make(newest.generation + 1, PUBLISH_BEFORE_USE)
        return True

    def prune(self, token_lifetime: timedelta) -> int:
        """Forget keys whose successor has been in use longer than a token lives."""
        grace = token_lifetime + timedelta(hours=1)
        active = self.session.scalars(
            select(SigningKey.generation)
            .where(SigningKey.active_from < clock.now() - grace)
            .order_by(SigningKey.generation.desc())
        ).first()
        gone = delete(SigningKey).where(SigningKey.generation < (active or 0))
        return int(self.session.execute(gone).rowcount)  # type: ignore[attr-defined]

    def _newest_active(self) -> SigningKey | None:
        found = (
            select(SigningKey)
            .where(SigningKey.active_from <= clock.now())
            .order_by(SigningKey.generation.desc())
            .limit(1)
        )
        return cast("SigningKey | None", self.session.scalar(found))

    def _make(self, generation: int, later: timedelta = timedelta()) -> None:
        """Add a key of a generation, unless another replica was faster."""
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kid = secrets.token_urlsafe(12)
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        names = {"kid": kid, "alg": ALGORITHM, "use": "sig"}
        row = SigningKey(
            generation=generation,
            kid=kid,
            private_key=_fernet(self.secret).encrypt(pem).decode(),
            public_jwk={**public, **names},
            active_from=clock.now() + later,
        )
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:
            self.session.expire_all()
