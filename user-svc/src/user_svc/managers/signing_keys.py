"""Signing keys: one is active, its successor is published early, old ones expire."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.web.auth import ALGORITHM
from user_svc.keyring import Keyring
from user_svc.models import SigningKey


def new_private_key() -> rsa.RSAPrivateKey:
    """Make a key pair. It takes about 0.1 s: do it outside of any transaction."""
    return rsa.generate_private_key(65537, 2048)


class SigningKeyManager:
    """The rules for signing keys."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.session = session
        self.keyring = keyring

    def add(
        self, private: rsa.RSAPrivateKey, generation: int, active_from: datetime
    ) -> SigningKey:
        """Store a key of the next generation.

        Raises SQLAlchemy's IntegrityError when another process was faster.
        """
        kid = uuid.uuid4().hex
        public: dict[str, Any] = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        key = SigningKey(
            generation=generation,
            kid=kid,
            private_key=self.keyring.encrypt(private),
            public_jwk={**public, "kid": kid, "alg": ALGORITHM, "use": "sig"},
            active_from=active_from,
        )
        key.public_jwk.pop("key_ops", None)
        self.session.add(key)
        self.session.flush()
        return key

    def list_active(self) -> Sequence[SigningKey]:
        """Return the keys with `active_from` in the past, newest first."""
        newest = SigningKey.generation.desc()
        is_active = SigningKey.active_from <= clock.now()
        found = select(SigningKey).where(is_active).order_by(newest)
        # No key is active yet when a replica whose clock is ahead made the first one.
        first = select(SigningKey).order_by(SigningKey.generation).limit(1)
        return self.session.scalars(found).all() or self.session.scalars(first).all()

    def last_generation(self) -> int:
        """Return the generation of the newest key; 0 without a key."""
        return self.session.scalar(select(func.max(SigningKey.generation))) or 0

    def find_pending(self) -> SigningKey | None:
        """Return a key that is published and will sign later, or None."""
        is_pending = SigningKey.active_from > clock.now()
        return self.session.scalar(select(SigningKey).where(is_pending).limit(1))

    def list_public(self) -> Sequence[dict[str, Any]]:
        """Return every public key as a JWK, newest first."""
        newest = SigningKey.generation.desc()
        return self.session.scalars(
            select(SigningKey.public_jwk).order_by(newest)
        ).all()

    def find_next_generation(self, age: timedelta) -> int | None:
        """Return the next generation if the newest key is older than `age`."""
        newest, since = self.session.execute(
            select(func.max(SigningKey.generation), func.max(SigningKey.active_from))
        ).one()
        if newest is None:
            return 1
        return int(newest) + 1 if since + age <= clock.now() else None

    def prune(self, grace: timedelta) -> int:
        """Delete keys that were replaced longer than `grace` ago; return how many."""
        keys = self.session.scalars(
            select(SigningKey).order_by(SigningKey.generation)
        ).all()
        old = [
            key
            for key, successor in pairwise(keys)
            if successor.active_from + grace <= clock.now()
        ]
        for key in old:
            self.session.delete(key)
        return len(old)
