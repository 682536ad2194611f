"""The data of a request for a payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PaymentRequest:
    """A requested payment; `customer` has a name, an email and perhaps a phone."""

    order_id: int
    amount: Decimal
    currency: str
    user_id: int | None
    customer: Mapping[str, str | None]
    placed_at: datetime

    def columns(self) -> dict[str, Any]:
        """Return the columns of the payment's row."""
        return {
            "order_id": str(self.order_id),
            "amount": self.amount,
            "currency": self.currency,
            "user_id": self.user_id,
            "customer_name": self.customer["name"] or "",
            "customer_email": self.customer["email"] or "",
            "customer_phone": self.customer.get("phone"),
            "placed_at": self.placed_at,
        }
