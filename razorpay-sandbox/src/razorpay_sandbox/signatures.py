"""Signatures of callbacks and webhooks."""

import hashlib
import hmac


def sign(message: bytes, secret: str) -> str:
    """Return the lower-case hex HMAC-SHA256 of a message."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_callback(
    link_id: str, reference_id: str, status: str, payment_id: str, key_secret: str
) -> str:
    """Sign a callback with the API key secret, not with the webhook secret."""
    message = "|".join((link_id, reference_id, status, payment_id))
    return sign(message.encode(), key_secret)
