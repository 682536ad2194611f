"""The idempotency layer in front of refunds."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from razorpay_sandbox.errors import KeyConflict, Refused
from razorpay_sandbox.tables import Refund, RefundKey
from razorpay_sandbox.work import Work

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


class InFlight:
    """The keys whose requests are being worked on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: set[str] = set()

    @contextmanager
    def claim(self, key: str | None) -> Iterator[None]:
        """Hold a key for one request; raise KeyConflict while another has it."""
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
    """Return the key; raise Refused when it is too short or has other characters."""
    if key is not None and not FORM.fullmatch(key):
        raise Refused(BAD_KEY)
    return key


def fingerprint(payment_id: str, data: dict[str, Any]) -> str:
    """Return what tells one refund request from another."""
    text = json.dumps([payment_id, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def find(work: Work, key: str | None, print_: str) -> Refund | None:
    """Return the refund of an earlier request with this key and this body.

    Raises KeyConflict when the body was another.
    """
    known = work.find(RefundKey, key=key) if key else None
    if known is None:
        return None
    if known.fingerprint != print_:
        raise KeyConflict(DIFFERENT)
    return work.session.get_one(Refund, known.refund_id)


def remember(work: Work, key: str | None, print_: str, refund: Refund) -> None:
    """Keep the key with the refund that it made."""
    if key:
        work.add(RefundKey(key=key, fingerprint=print_, refund_id=refund.id))
