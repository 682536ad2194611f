"""Verification of Razorpay's signatures.

The client's own check is not used: with a missing field it returns False without
raising, it takes the key from the caller's data if that holds a `secret`, and it
raises TypeError for text that is not ASCII.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

SIGNATURE = r"^[0-9a-f]{64}$"
_HEX = re.compile(SIGNATURE)


@dataclass(frozen=True)
class Callback:
    """The four signed parameters of a payment link's callback."""

    link_id: str
    reference_id: str
    status: str
    payment_id: str

    def message(self) -> bytes:
        """Return the bytes that Razorpay has signed."""
        parts = (self.link_id, self.reference_id, self.status, self.payment_id)
        return "|".join(parts).encode()


def sign(message: bytes, secret: str) -> str:
    """Return the hex HMAC-SHA256."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_signed(message: bytes, signature: str, *secrets: str) -> bool:
    """Return whether one of the secrets made this signature; empty ones are skipped."""
    if not _HEX.fullmatch(signature):
        return False
    return any(
        hmac.compare_digest(sign(message, secret), signature)
        for secret in secrets
        if secret
    )
