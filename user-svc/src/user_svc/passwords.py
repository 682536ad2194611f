"""Passwords: the rules for new ones, their hashes, and how they are checked."""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 128
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


def problems(password: str, name: str = "", email: str = "") -> list[str]:
    """Return what is wrong with a new password, as sentences; none when it is good."""
    low = password.casefold()
    found = []
    if not SHORTEST <= len(password) <= LONGEST:
        found.append(f"Must be {SHORTEST} to {LONGEST} characters long.")
    if low in common():
        found.append("Too common: it is among the passwords that attackers try first.")
    if any(part in low for part in _personal(name, email)):
        found.append("Must not contain your name or e-mail address.")
    return found


def _personal(name: str, email: str) -> list[str]:
    words = name.casefold().split()
    address = email.casefold()
    parts = [*words, "".join(words), address, address.partition("@")[0]]
    return [part for part in parts if len(part) >= WORD]


def make_hash(password: str) -> str:
    """Return a password's argon2id hash; takes about 20 ms."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; for None the check takes as long and fails."""
    tried = password[: LONGEST + 1]  # a longer text cannot match, and is costly to hash
    try:
        right = _hasher.verify(password_hash or DUMMY, tried)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than the current ones."""
    return _hasher.check_needs_rehash(password_hash)
