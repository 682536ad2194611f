"""Passwords: the rules for new ones, their hashes, and how they are checked.

Passwords are hashed in NFC: keyboards write one letter in different ways.
"""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 128
MOST_FORMS = 4  # characters of one letter that is not composed
WORD = 4  # shorter parts of a name occur in too many good passwords
# OWASP's parameters for argon2id; other hashes are replaced at the next sign-in.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when there is no account, so that both cases take the same time.
DUMMY = (
    "$argon2id$v=19$m=19456,t=2,p=1$bdkXVpQeXfV89zBuOBwWgw"
    "$H/HTpJn6eaUNq5c2BrpTefLsRG/hIfr5Q6QO3zqIpMY"
)


@cache
def common() -> frozenset[str]:
    """Return the most common passwords, which attackers try first."""
    file = Path(__file__).parent / "data" / "common_passwords.txt"
    return frozenset(file.read_text("utf-8").split())


def normalized(password: str) -> str:
    """Return a password in NFC, the form in which its hash is made."""
    return unicodedata.normalize("NFC", password)


def has_length(password: str, least: int) -> bool:
    """Return whether a password has `least` to LONGEST characters, counted in NFC."""
    if len(password) > MOST_FORMS * LONGEST:
        return False
    length = len(normalized(password))
    return least <= length and min(length, len(password)) <= LONGEST


def problems(password: str, name: str = "", email: str = "") -> list[str]:
    """Return what is wrong with a new password, as sentences; none when it is good."""
    low = _folded(password)
    found = []
    if not has_length(password, SHORTEST):
        found.append(f"Must be {SHORTEST} to {LONGEST} characters long.")
    if low in common():
        found.append("Too common: it is among the passwords that attackers try first.")
    if any(part in low for part in _personal(name, email)):
        found.append("Must not contain your name or e-mail address.")
    return found


def _folded(text: str) -> str:
    return normalized(normalized(text).casefold())


def _personal(name: str, email: str) -> list[str]:
    words = _folded(name).split()
    address = _folded(email)
    parts = [*words, "".join(words), address, address.partition("@")[0]]
    return [part for part in parts if len(part) >= WORD]


def make_hash(password: str) -> str:
    """Return a password's argon2id hash; takes about 20 ms."""
    return _hasher.hash(normalized(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; for None the check takes as long and fails."""
    typed = password[: MOST_FORMS * LONGEST]  # a longer text cannot match
    # Older hashes were made of passwords as they were typed.
    forms = dict.fromkeys((typed, normalized(typed)))
    right = any(_verify(password_hash or DUMMY, form) for form in forms)
    return right and password_hash is not None


def _verify(password_hash: str, text: str) -> bool:
    try:
        return _hasher.verify(password_hash, text)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str, password: str = "") -> bool:
    """Whether the hash has other parameters, or another form of its password."""
    if _hasher.check_needs_rehash(password_hash):
        return True
    form = normalized(password)
    return form != password and not _verify(password_hash, form)
