"""Razorpay's signatures, checked by us.

The client's own check answers False without raising when a field is missing, takes
the key from the caller's data when it holds a `secret`, and fails with TypeError on
what is not ASCII.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Callback:
    """The four signed parameters of a payment link's callback."""

    link_id: str
    reference_id: str
    status: str
    payment_id: str

    def message(self) -> bytes:
        """Return what Razorpay has signed."""
        parts = (self.link_id, self.reference_id, self.status, self.payment_id)
        return "|".join(parts).encode()


def sign(message: bytes, secret: str) -> str:
    """Return the hex HMAC-SHA256."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_signed(message: bytes, signature: str, *secrets: str) -> bool:
    """Say whether one of the secrets made this signature; empty ones never did."""
    if not _HEX.fullmatch(signature):
        return False
    return any(
        hmac.compare_digest(sign(message, secret), signature)
        for secret in secrets
        if secret
    )
