"""Identifiers as Razorpay makes them."""

import re
import secrets
import string

ALPHABET = string.ascii_letters + string.digits
LENGTH = 14


def new_id(prefix: str = "") -> str:
    """Return `<prefix>_` and 14 random letters or digits; without prefix only those."""
    return f"{prefix}_{_random(LENGTH)}" if prefix else _random(LENGTH)


def new_code() -> str:
    """Return the eight letters or digits of a short address."""
    return _random(8)


def is_id(prefix: str, value: str) -> bool:
    """Tell whether the value has the form of an id with that prefix."""
    return bool(re.fullmatch(rf"{prefix}_[A-Za-z0-9]{{{LENGTH}}}", value))


def digits(count: int) -> str:
    """Return so many random digits, the first not 0."""
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def _random(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
