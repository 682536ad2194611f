"""What SIGNING_KEY_SECRET protects: each use gets a key of its own, derived from it."""

import base64
import hashlib
import hmac
import secrets
from typing import cast

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis import logging
from chassis.errors import Unavailable


def new_token() -> str:
    """Return an opaque token of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is kept of a token: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class Keyring:
    """Seals private keys and derives what must be the same in every replica."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal")))
        self._refresh = _derive(secret, b"refresh tokens")
        self._clients = _derive(secret, b"service clients")
        self._mailed = _derive(secret, b"mailed tokens")

    def seal(self, key: RSAPrivateKey) -> str:
        """Return a private key as it may be stored."""
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return self._fernet.encrypt(pem).decode()

    def unseal(self, sealed: str) -> RSAPrivateKey:
        """Return a stored private key, or raise Unavailable under a wrong secret."""
        try:
            pem = self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            logging.get().error(
                "the signing keys were sealed under another SIGNING_KEY_SECRET"
            )
            raise Unavailable("Tokens cannot be signed right now.") from None
        key = serialization.load_pem_private_key(pem, password=None)
        return cast("RSAPrivateKey", key)

    def successor(self, token: str) -> str:
        """Return the refresh token that follows a spent one, always the same."""
        return _mac(self._refresh, token)

    def mailed(self, name: str) -> str:
        """Return the token in the mail of that random name, the same in each copy."""
        return _mac(self._mailed, name)

    def client_hash(self, client_id: str, secret: str) -> str:
        """Return what is kept of a service's secret."""
        text = f"{client_id}\n{secret}".encode()
        return hmac.digest(self._clients, text, "sha256").hex()


def _mac(key: bytes, text: str) -> str:
    mac = hmac.digest(key, text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _derive(secret: str, use: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"shop " + use).derive(
        secret.encode()
    )
