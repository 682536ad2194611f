"""How a payment was attempted and why it failed; every field may be missing."""

from dataclasses import dataclass
from typing import Any

WORD, SENTENCE = 80, 255


@dataclass(frozen=True)
class ProviderAttempt:
    """The instrument and the error of a payment at Razorpay."""

    method: str | None = None
    bank: str | None = None
    wallet: str | None = None
    vpa_handle: str | None = None
    error_code: str | None = None
    error_reason: str | None = None
    error_step: str | None = None
    error_source: str | None = None
    error_description: str | None = None


NO_DETAILS = ProviderAttempt()


def read_attempt(entity: dict[str, Any]) -> ProviderAttempt:
    """Return the attempt; a field of another shape counts as missing."""
    return ProviderAttempt(
        method=_text(entity.get("method"), 40),
        bank=_text(entity.get("bank")),
        wallet=_text(entity.get("wallet")),
        vpa_handle=_handle(entity.get("vpa")),
        error_code=_text(entity.get("error_code")),
        error_reason=_text(entity.get("error_reason")),
        error_step=_text(entity.get("error_step")),
        error_source=_text(entity.get("error_source")),
        error_description=_text(entity.get("error_description"), SENTENCE),
    )


def _text(value: Any, most: int = WORD) -> str | None:
    if not isinstance(value, str) or not value.isprintable():
        return None
    return value[:most] or None


def _handle(vpa: Any) -> str | None:
    """Return the part of a UPI address that names the bank's app, not the person."""
    text = _text(vpa, SENTENCE)
    return _text(text.rpartition("@")[2]) if text and "@" in text else None
