"""The three ways in which a call of Razorpay ends, and the wish for a link."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from payment_svc import razorpay_entities as entities

What = TypeVar("What")


@dataclass(frozen=True)
class Done(Generic[What]):
    """Razorpay has done it."""

    value: What


@dataclass(frozen=True)
class Refused:
    """Razorpay has refused it, with these words."""

    description: str

    def names(self, *words: str) -> bool:
        """Say whether the words of the refusal hold one of these."""
        return any(word in self.description.lower() for word in words)


@dataclass(frozen=True)
class Unknown:
    """It may or may not have happened; ask again, after `retry_after` seconds."""

    why: str
    retry_after: float = 0.0


@dataclass(frozen=True)
class LinkWish:
    """The link that a payment needs."""

    reference_id: str
    amount: Decimal
    currency: str
    expire_by: datetime
    description: str
    customer: dict[str, str]
    callback_url: str
    notes: dict[str, str]

    def body(self) -> dict[str, Any]:
        """Return the request; empty optional objects are refused, so left out."""
        optional = {"customer": self.customer} if self.customer else {}
        return optional | {
            "amount": entities.paise(self.amount),
            "currency": self.currency,
            "accept_partial": False,
            "description": self.description,
            "reference_id": self.reference_id,
            "expire_by": int(self.expire_by.timestamp()),
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "callback_url": self.callback_url,
            "callback_method": "get",
            "notes": self.notes,
        }
