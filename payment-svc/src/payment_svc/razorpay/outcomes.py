"""The three outcomes of a call to Razorpay, and the request for a payment link."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from payment_svc.razorpay.entities import paise

What = TypeVar("What")


@dataclass(frozen=True)
class Done(Generic[What]):
    """Razorpay has done what was requested."""

    value: What


@dataclass(frozen=True)
class Refused:
    """Razorpay has refused the request, with this description."""

    description: str

    def mentions(self, *words: str) -> bool:
        """Return whether the description contains one of these words."""
        return any(word in self.description.lower() for word in words)


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether Razorpay has acted; retry after `retry_after` seconds."""

    why: str
    retry_after: float = 0.0


@dataclass(frozen=True)
class PaymentLinkRequest:
    """A request to create a payment link."""

    reference_id: str
    amount: Decimal
    currency: str
    expire_by: datetime
    description: str
    customer: dict[str, str]
    callback_url: str
    notes: dict[str, str]

    def body(self) -> dict[str, Any]:
        """Return the request body; Razorpay refuses an empty `customer`."""
        optional = {"customer": self.customer} if self.customer else {}
        return optional | {
            "amount": paise(self.amount),
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
