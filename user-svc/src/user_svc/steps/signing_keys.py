"""Signing keys: creating the first one, signing, publishing, rotation.

Each function opens its own database session, since a key may be needed in the middle
of a request's transaction. No transaction is open while a key is generated.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.db import reading, writing
from chassis.errors import Unavailable
from chassis.json import timestamp
from chassis.web.auth import ALGORITHM, LEEWAY, TYPE
from user_svc.extensions import db
from user_svc.managers import SigningKeyManager
from user_svc.managers.signing_keys import new_private_key
from user_svc.steps.context import keyring, settings

T = TypeVar("T")
MARGIN = 60  # seconds that a key is kept after its last token has expired


class Signer:
    """Signs access tokens with the active key, which it reloads every few seconds."""

    RELOAD = 10

    def __init__(self) -> None:
        self._until = float("-inf")
        self._key: tuple[str, RSAPrivateKey]

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a signed token with these claims and the usual lifetime.

        The times are the system clock's, never CLOCK_FILE's: PyJWT verifies with it.
        """
        if time.monotonic() >= self._until:
            self._key = ensure_key()
            self._until = time.monotonic() + self.RELOAD
        kid, key = self._key
        now = int(time.time())
        times = {"iat": now, "exp": now + settings().access_token_seconds}
        return jwt.encode(
            {**claims, **times}, key, ALGORITHM, {"typ": TYPE, "kid": kid}
        )


def list_public_keys() -> dict[str, Any]:
    """Return the public keys as a JWKS; the very first call creates a key."""
    keys = _read(SigningKeyManager.list_public)
    if not keys:
        _add(1, clock.now())
        keys = _read(SigningKeyManager.list_public)
    return {"keys": list(keys)}


def ensure_key() -> tuple[str, RSAPrivateKey]:
    """Return the id and the private half of the key that signs now.

    It is the newest active key that SIGNING_KEY_SECRET decrypts. If there is none, a
    new key signs at once; the old ones stay published while their tokens are valid.
    """
    found = _find_key()
    if found is None:
        last = _read(SigningKeyManager.last_generation)
        if last:
            logging.get().error("no signing key has this SIGNING_KEY_SECRET")
        _add(last + 1, clock.now())
        found = _find_key()
    if found is None:  # another replica, with another secret, was faster
        raise Unavailable("Tokens cannot be signed right now.")
    return found


def _find_key() -> tuple[str, RSAPrivateKey] | None:
    keys = _read(SigningKeyManager.list_active)
    opened = ((key.kid, keyring().decrypt(key.private_key)) for key in keys)
    return next(((kid, key) for kid, key in opened if key is not None), None)


def publish_next_key() -> datetime:
    """Publish the next key now, unless one waits; return when it begins to sign."""
    pending = _read(SigningKeyManager.find_pending)
    if pending is None:
        lead = timedelta(seconds=settings().key_lead_seconds)
        _add(_read(SigningKeyManager.last_generation) + 1, clock.now() + lead)
        pending = _read(SigningKeyManager.find_pending)
    return pending.active_from if pending else clock.now()


def rotate_keys() -> int:
    """Publish the next key when it is due and delete old ones; return how many."""
    config = settings()
    age = timedelta(days=config.key_rotation_days)
    generation = _read(lambda keys: keys.find_next_generation(age))
    lead = timedelta(seconds=config.key_lead_seconds if generation != 1 else 0)
    created = _add(generation, clock.now() + lead) if generation else 0
    return created + _prune()


def _add(generation: int, active_from: datetime) -> int:
    private = new_private_key()
    with writing(), Session(db.engine) as session:
        try:
            SigningKeyManager(session, keyring()).add(private, generation, active_from)
            session.commit()
        except IntegrityError:  # another replica was faster
            return 0
    logging.get().info(
        "signing key created", generation=generation, active_from=timestamp(active_from)
    )
    return 1


def _prune() -> int:
    grace = timedelta(seconds=settings().access_token_seconds + LEEWAY + MARGIN)
    with writing(), Session(db.engine) as session:
        deleted = SigningKeyManager(session, keyring()).prune(grace)
        session.commit()
    return deleted


def _read(find: Callable[[SigningKeyManager], T]) -> T:
    with reading(), Session(db.engine) as session:
        return find(SigningKeyManager(session, keyring()))
