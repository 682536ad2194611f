"""Razorpay's entities as this service uses them: checked ids, and amounts in rupees."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from payment_svc.razorpay.attempts import NO_DETAILS, ProviderAttempt

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
    def is_paid(self) -> bool:
        """Return whether the link's order has a captured payment."""
        return self.status in ("paid", "partially_paid")

    @property
    def is_open(self) -> bool:
        """Return whether the link can still be paid."""
        return self.status in ("created", "partially_paid")


@dataclass(frozen=True)
class ProviderPayment:
    """An attempt to pay, successful when `is_captured`.

    `amount_refunded` is the sum of all refunds, whoever made them; None is unknown.
    """

    id: str
    amount: Decimal
    currency: str
    status: str
    is_captured: bool
    created_at: int
    amount_refunded: Decimal | None = None
    attempt: ProviderAttempt = NO_DETAILS
    fee: Decimal | None = None  # Razorpay's, tax included
    tax: Decimal | None = None
    fee_bearer: str | None = None  # platform or customer; not always named
    offer_id: str | None = None


@dataclass(frozen=True)
class ProviderRefund:
    """A refund, whoever made it.

    A refund of this service has its idempotency key as `receipt` and the key of its
    row in the notes; one from the dashboard has neither, but perhaps a comment.
    """

    id: str
    amount: Decimal
    status: str
    receipt: str | None
    payment_id: str | None = None
    currency: str | None = None
    key: str | None = None
    comment: str = ""
    made_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Return whether the refund returns, or has returned, money."""
        return self.status != "failed"


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
