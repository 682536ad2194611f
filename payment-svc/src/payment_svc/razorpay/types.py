"""Razorpay's entities as this service uses them: checked ids, and amounts in rupees."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

MINIMUM_AMOUNT = Decimal("1.00")  # Razorpay neither takes nor refunds less


@dataclass(frozen=True)
class ProviderLink:
    """A payment link."""

    id: str
    short_url: str
    status: str
    amount: Decimal
    currency: str
    reference_id: str
    order_id: str | None
    expire_by: datetime | None

    @property
    def is_over(self) -> bool:
        """Return whether the link can no longer be paid."""
        return self.status in ("cancelled", "expired")

    @property
    def is_open(self) -> bool:
        """Return whether the link can still be paid."""
        return self.status in ("created", "partially_paid")


@dataclass(frozen=True)
class ProviderPayment:
    """An attempt to pay, successful when `is_captured`."""

    id: str
    amount: Decimal
    currency: str
    status: str
    is_captured: bool
    created_at: int
    fee: Decimal | None = None  # Razorpay's, tax included
    tax: Decimal | None = None
    fee_bearer: str | None = None  # platform or customer; not always named
    offer_id: str | None = None


@dataclass(frozen=True)
class ProviderRefund:
    """A refund."""

    id: str
    amount: Decimal
    status: str
    receipt: str | None


@dataclass(frozen=True)
class Snapshot:
    """A link and the payments of its order, as Razorpay returned them.

    `link` is None when Razorpay has no link with the payment's reference.
    """

    link: ProviderLink | None
    payments: tuple[ProviderPayment, ...] = ()

    @property
    def captures(self) -> list[ProviderPayment]:
        """Return the captured payments, oldest first."""
        captured = (one for one in self.payments if one.is_captured)
        return sorted(captured, key=lambda one: (one.created_at, one.id))
