"""Secrets derived from SIGNING_KEY_SECRET, a separate key for each use.

SIGNING_KEY_SECRET_PREVIOUS still decrypts what was encrypted before a rotation.
"""

import base64
import hashlib
import hmac
import secrets
from typing import cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def new_token() -> str:
    """Return an opaque token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the hash under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


class Keyring:
    """Encrypts private keys, and derives tokens that are the same in every replica."""

    def __init__(self, secret: str, previous: str = "") -> None:
        secrets = [secret, previous] if previous else [secret]
        seals = [base64.urlsafe_b64encode(_derive(one, b"seal")) for one in secrets]
        self._fernet = MultiFernet([Fernet(seal) for seal in seals])
        self._refresh = [_derive(one, b"refresh tokens") for one in secrets]
        self._mailed = _derive(secret, b"mailed tokens")
        self._guesses = _derive(secret, b"guesses")

    def encrypt(self, key: RSAPrivateKey) -> str:
        """Return a private key, encrypted for the database."""
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return self._fernet.encrypt(pem).decode()

    def decrypt(self, encrypted: str) -> RSAPrivateKey | None:
        """Return a stored private key; None if it has another secret."""
        try:
            pem = self._fernet.decrypt(encrypted.encode())
        except InvalidToken:
            return None
        # Fernet has authenticated the key, and a check of its primes takes 60 ms.
        key = serialization.load_pem_private_key(
            pem, password=None, unsafe_skip_rsa_key_validation=True
        )
        return cast("RSAPrivateKey", key)

    def next_refresh_token(self, token: str) -> str:
        """Return the refresh token that replaces a spent one, always the same."""
        return self.next_refresh_tokens(token)[0]

    def next_refresh_tokens(self, token: str) -> list[str]:
        """Return what replaced a spent token, by the present and previous secret."""
        return [_mac(key, token) for key in self._refresh]

    def mailed_token(self, message_id: str) -> str:
        """Return the token for a mail; each copy of a mail contains the same one."""
        return _mac(self._mailed, message_id)

    def guess_mac(self, subject: str) -> str:
        """Return the name under which the guesses of a subject are counted."""
        return _mac(self._guesses, subject)

    @staticmethod
    def client_hash(client_id: str, secret: str) -> str:
        """Return the hash under which a service's secret is stored.

        The secret is long and random. The hash is the same under every
        SIGNING_KEY_SECRET, so that replicas agree while it is being rotated.
        """
        return hashlib.sha256(f"{client_id}\n{secret}".encode()).hexdigest()


def _mac(key: bytes, text: str) -> str:
    mac = hmac.digest(key, text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _derive(secret: str, use: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"shop " + use).derive(
        secret.encode()
    )
