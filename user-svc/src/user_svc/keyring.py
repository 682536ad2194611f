"""Secrets derived from SIGNING_KEY_SECRET, a separate key for each use."""

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


def hash_token(token: str) -> str:
    """Return the hash under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


class Keyring:
    """Encrypts private keys, and derives tokens that are the same in every replica."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal")))
        self._refresh = _derive(secret, b"refresh tokens")
        self._clients = _derive(secret, b"service clients")
        self._mailed = _derive(secret, b"mailed tokens")

    def encrypt(self, key: RSAPrivateKey) -> str:
        """Return a private key, encrypted for the database."""
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return self._fernet.encrypt(pem).decode()

    def decrypt(self, encrypted: str) -> RSAPrivateKey:
        """Return a stored private key, or raise Unavailable when the secret differs."""
        try:
            pem = self._fernet.decrypt(encrypted.encode())
        except InvalidToken:
            logging.get().error(
                "the signing keys were encrypted with another SIGNING_KEY_SECRET"
            )
            raise Unavailable("Tokens cannot be signed right now.") from None
        key = serialization.load_pem_private_key(pem, password=None)
        return cast("RSAPrivateKey", key)

    def next_refresh_token(self, token: str) -> str:
        """Return the refresh token that replaces a spent one, always the same."""
        return _mac(self._refresh, token)

    def mailed_token(self, message_id: str) -> str:
        """Return the token for a mail; each copy of a mail contains the same one."""
        return _mac(self._mailed, message_id)

    def client_hash(self, client_id: str, secret: str) -> str:
        """Return the hash under which a service's secret is stored."""
        text = f"{client_id}\n{secret}".encode()
        return hmac.digest(self._clients, text, "sha256").hex()


def _mac(key: bytes, text: str) -> str:
    mac = hmac.digest(key, text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _derive(secret: str, use: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"shop " + use).derive(
        secret.encode()
    )
