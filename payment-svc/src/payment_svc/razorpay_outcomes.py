"""The request for a payment link."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from payment_svc import razorpay_entities as entities


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
