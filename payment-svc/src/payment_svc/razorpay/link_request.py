"""The request for a payment link."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from payment_svc.razorpay.entities import paise


@dataclass(frozen=True)
class PaymentLinkRequest:
    """A request to create a payment link; the last three fields are for convenience."""

    reference_id: str
    amount: Decimal
    currency: str
    expire_by: datetime
    callback_url: str
    description: str = ""
    customer: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the request body; Razorpay refuses an empty `customer`."""
        optional = {
            "description": self.description,
            "customer": self.customer,
            "notes": self.notes,
        }
        return {name: value for name, value in optional.items() if value} | {
            "amount": paise(self.amount),
            "currency": self.currency,
            "accept_partial": False,
            "reference_id": self.reference_id,
            "expire_by": int(self.expire_by.timestamp()),
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "callback_url": self.callback_url,
            "callback_method": "get",
        }
