"""The collaborators of one unit of work: a request, a message or a job's row."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from payment_svc import razorpay_service
from payment_svc.config import Settings
from payment_svc.extensions import db
from payment_svc.managers import (
    DisputeManager,
    Drift,
    PaymentMachine,
    PaymentManager,
    ProviderRefunds,
    Reconciliation,
    ReconciliationRuns,
    RefundAttempts,
    RefundMachine,
    RefundManager,
    Review,
)
from payment_svc.razorpay_service import RazorpayService


@dataclass(frozen=True)
class Context:
    """Makes each collaborator once, when it is first used.

    Make one Context for a unit of work and pass it on.
    """

    actor: str = "worker"
    settings: Settings = field(default_factory=Settings.current)
    session: Any = db.session

    @cached_property
    def razorpay(self) -> RazorpayService:
        """Return Razorpay; it is called between transactions, never inside one."""
        return razorpay_service.current()

    @cached_property
    def machine(self) -> PaymentMachine:
        """Return the state machine of payments."""
        return PaymentMachine(self.session, self.settings, self.actor)

    @cached_property
    def payments(self) -> PaymentManager:
        """Return the rules of payments."""
        return PaymentManager(self.machine)

    @cached_property
    def reconciliation(self) -> Reconciliation:
        """Return what applies snapshots of Razorpay to payments."""
        return Reconciliation(self.machine)

    @cached_property
    def refunds(self) -> RefundManager:
        """Return the rules of refunds."""
        return RefundManager(RefundMachine(self.session, self.settings, self.actor))

    @cached_property
    def provider_refunds(self) -> ProviderRefunds:
        """Return what reconciles refunds with those that Razorpay has."""
        return ProviderRefunds(self.machine, self.refunds)

    @cached_property
    def refund_attempts(self) -> RefundAttempts:
        """Return what prepares the calls of refunds."""
        return RefundAttempts(self.refunds, self.provider_refunds)

    @cached_property
    def disputes(self) -> DisputeManager:
        """Return the rules of disputes."""
        return DisputeManager(self.machine)

    @cached_property
    def drift(self) -> Drift:
        """Return what stores and repairs differences from Razorpay's lists."""
        return Drift(self.disputes)

    @cached_property
    def runs(self) -> ReconciliationRuns:
        """Return the runs that compare our rows with Razorpay's lists."""
        return ReconciliationRuns(self.session, self.drift)

    @cached_property
    def review(self) -> Review:
        """Return the decisions about payments under review."""
        return Review(self.machine, self.refunds)
