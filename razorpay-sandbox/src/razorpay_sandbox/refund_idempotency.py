"""Idempotency keys of refund requests."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from razorpay_sandbox.errors import KeyConflict, Refused
from razorpay_sandbox.models import Refund, RefundKey
from razorpay_sandbox.unit_of_work import UnitOfWork

HEADER = "X-Refund-Idempotency"
FORM = re.compile(r"[A-Za-z0-9_-]{10,}")
IN_PROGRESS = "Another request with the same idempotency key is still in progress."
DIFFERENT = (
    "Different request with the same idempotency key has already been processed."
)
BAD_KEY = (
    "The idempotency key must have at least 10 characters and only letters, digits,"
    " hyphens and underscores."
)


class InFlightKeys:
    """The keys of the requests that are in progress."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: set[str] = set()

    @contextmanager
    def hold(self, key: str | None) -> Iterator[None]:
        """Reserve a key for one request; raise KeyConflict if the key is in use."""
        if key is None:
            yield
            return
        with self._lock:
            if key in self._keys:
                raise KeyConflict(IN_PROGRESS)
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def check(key: str | None) -> str | None:
    """Return the key; raise Refused if it is malformed."""
    if key is not None and not FORM.fullmatch(key):
        raise Refused(BAD_KEY)
    return key


def fingerprint_of(payment_id: str, data: dict[str, Any]) -> str:
    """Return a hash of the request, to compare it with earlier requests."""
    text = json.dumps([payment_id, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def find(work: UnitOfWork, key: str | None, fingerprint: str) -> Refund | None:
    """Return the refund of an earlier request with this key, if there is one.

    Raises KeyConflict if the earlier request had a different body.
    """
    known = work.find(RefundKey, key=key) if key else None
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise KeyConflict(DIFFERENT)
    return work.session.get_one(Refund, known.refund_id)


def remember(
    work: UnitOfWork, key: str | None, fingerprint: str, refund: Refund
) -> None:
    """Store the key with the refund that was created for it."""
    if key:
        work.add(RefundKey(key=key, fingerprint=fingerprint, refund_id=refund.id))
