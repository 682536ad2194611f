"""The keys at work: made at first need, published, used to sign, replaced.

Sessions of their own: a key may be needed whatever the request's session is doing,
and is made in no transaction, since that takes a while.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.db import reading, writing
from chassis.json import timestamp
from chassis.web.auth import ALGORITHM, LEEWAY, TYPE
from user_svc.access import keyring, settings
from user_svc.extensions import db
from user_svc.managers import KeyManager
from user_svc.managers.keys import new_private_key

MARGIN = 60  # seconds by which a key outlives the last token it signed


class Signer:
    """Signs access tokens with the active key, which it looks up now and then."""

    RELOAD = 10

    def __init__(self) -> None:
        self._until = float("-inf")
        self._key: tuple[str, RSAPrivateKey]

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a token with these claims, made now and for a while.

        The clock is the system's, never CLOCK_FILE's: PyJWT checks with that one.
        """
        if time.monotonic() >= self._until:
            self._key = _active_key()
            self._until = time.monotonic() + self.RELOAD
        kid, key = self._key
        now = int(time.time())
        times = {"iat": now, "exp": now + settings().access_token_seconds}
        return jwt.encode(
            {**claims, **times}, key, ALGORITHM, {"typ": TYPE, "kid": kid}
        )


def published() -> dict[str, Any]:
    """Return the public keys as a JWKS; the first call of all makes the first key."""
    ensure_key()
    with _looking() as session:
        return {"keys": list(KeyManager(session, keyring()).published())}


def ensure_key() -> None:
    """Make the first key unless there is one."""
    with _looking() as session:
        found = KeyManager(session, keyring()).find_active()
    if found is None:
        _add(1, clock.now())


def rotate() -> int:
    """Publish the next key when it is time and drop old ones; return how many."""
    config = settings()
    with _looking() as session:
        age = timedelta(days=config.key_rotation_days)
        generation = KeyManager(session, keyring()).due(age)
    lead = timedelta(seconds=config.key_lead_seconds if generation != 1 else 0)
    made = _add(generation, clock.now() + lead) if generation else 0
    return made + _prune()


def _active_key() -> tuple[str, RSAPrivateKey]:
    ensure_key()
    with _looking() as session:
        key = KeyManager(session, keyring()).find_active()
        assert key is not None  # made above; none is pruned but after its successor
        return key.kid, keyring().unseal(key.private_key)


def _add(generation: int, active_from: datetime) -> int:
    private = new_private_key()
    with writing(), Session(db.engine) as session:
        try:
            KeyManager(session, keyring()).add(private, generation, active_from)
            session.commit()
        except IntegrityError:  # another replica was faster
            return 0
    logging.get().info(
        "signing key made", generation=generation, since=timestamp(active_from)
    )
    return 1


def _prune() -> int:
    grace = timedelta(seconds=settings().access_token_seconds + LEEWAY + MARGIN)
    with writing(), Session(db.engine) as session:
        gone = KeyManager(session, keyring()).prune(grace)
        session.commit()
    return gone


@contextmanager
def _looking() -> Iterator[Session]:
    with reading(), Session(db.engine) as session:
        yield session
