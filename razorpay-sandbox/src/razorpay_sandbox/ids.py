"""Random identifiers in Razorpay's format."""

import re
import secrets
import string

ALPHABET = string.ascii_letters + string.digits
LENGTH = 14


def new_id(prefix: str = "") -> str:
    """Return 14 random letters and digits, after `<prefix>_` if there is a prefix."""
    return f"{prefix}_{_random(LENGTH)}" if prefix else _random(LENGTH)


def new_code() -> str:
    """Return the eight letters and digits of a short URL."""
    return _random(8)


def is_id(prefix: str, value: str) -> bool:
    """Return whether the value is a well-formed id with this prefix."""
    return bool(re.fullmatch(rf"{prefix}_[A-Za-z0-9]{{{LENGTH}}}", value))


def digits(count: int) -> str:
    """Return `count` random digits; the first one is not 0."""
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def _random(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
