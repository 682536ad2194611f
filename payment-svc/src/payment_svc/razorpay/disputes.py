"""A dispute as Razorpay returned it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class ProviderDispute:
    """A dispute; phase, status and reason are Razorpay's own words."""

    id: str
    payment_id: str
    phase: str
    status: str
    amount: Decimal
    amount_deducted: Decimal
    currency: str
    reason_code: str
    respond_by: datetime | None
    opened_at: datetime | None
