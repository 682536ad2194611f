"""What Razorpay says, in our words: ids checked, paise turned into Decimal."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

LEAST = Decimal("1.00")  # Razorpay takes and returns no less than a rupee


@dataclass(frozen=True)
class ProviderLink:
    """A payment link as Razorpay has it."""

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
        """Say whether no page of this link takes money any more."""
        return self.status in ("cancelled", "expired")

    @property
    def is_open(self) -> bool:
        """Say whether its page still takes money."""
        return self.status in ("created", "partially_paid")


@dataclass(frozen=True)
class ProviderPayment:
    """A try to pay, successful when `is_captured`."""

    id: str
    amount: Decimal
    currency: str
    status: str
    is_captured: bool
    created_at: int


@dataclass(frozen=True)
class ProviderRefund:
    """A refund as Razorpay has it."""

    id: str
    amount: Decimal
    status: str
    receipt: str | None


@dataclass(frozen=True)
class Snapshot:
    """A link and the payments of its order, asked for just now.

    `link` is None when Razorpay knows no link of this payment.
    """

    link: ProviderLink | None
    payments: tuple[ProviderPayment, ...] = ()

    @property
    def captures(self) -> list[ProviderPayment]:
        """Return the captured payments, oldest first."""
        captured = (one for one in self.payments if one.is_captured)
        return sorted(captured, key=lambda one: (one.created_at, one.id))
