"""The business rules of payments."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from chassis import clock, correlation
from chassis.errors import Conflict, NotFound
from payment_svc.managers.decisions import Decisions
from payment_svc.managers.evidence import Evidence
from payment_svc.managers.refunds import RefundManager
from payment_svc.managers.requests import Requests
from payment_svc.models import (
    ClosingReason,
    Outcome,
    Payment,
    PaymentState,
    PaymentTrigger,
    Snapshot,
)

T = PaymentTrigger


class PaymentManager(Requests, Decisions):
    """What may be done with payments: ask, close, believe, settle, decide.

    `PaymentManager(session, settings, actor)`; it never commits.
    """

    def get(self, payment_id: int) -> Payment:
        """Return a payment."""
        found = self.session.get(Payment, payment_id)
        if found is None:
            raise NotFound(f"There is no payment {payment_id}.")
        return found

    def search(self, **filters: Any) -> Select[tuple[Payment]]:
        """Return the statement of the payments that match all filters given."""
        rules: dict[str, Callable[[Any], Any]] = {
            "user_id": lambda v: Payment.user_id == v,
            "order_id": lambda v: Payment.order_id == str(v),
            "status": lambda v: Payment.status == v,
            "created_from": lambda v: Payment.created_at >= v,
            "created_to": lambda v: Payment.created_at <= v,
        }
        given = {name: v for name, v in filters.items() if v is not None}
        return select(Payment).where(*(rules[name](v) for name, v in given.items()))

    def apply(self, payment_id: int, snapshot: Snapshot) -> Payment:
        """Believe what Razorpay says now; callback, webhook, poll and sync end here."""
        payment = self.lock(payment_id)
        Evidence(self, payment).apply(snapshot)
        return payment

    def came_back(
        self, link_id: str, reference: str, razorpay_payment_id: str
    ) -> Payment | None:
        """Return the payment that a customer comes back from; look at it soon.

        The link and the reference must be those that are stored: None otherwise.
        """
        payment = self.session.scalar(
            select(Payment).filter_by(
                razorpay_payment_link_id=link_id, receipt=reference
            )
        )
        if payment is None:
            return None
        known = select(Payment.id).filter_by(razorpay_payment_id=razorpay_payment_id)
        if self.session.scalar(known) is None:
            self.wake(payment.id, clock.now())
        return payment

    def settle(
        self, payment_id: int, order_id: int, outcome: Outcome, refund_id: int | None
    ) -> None:
        """Hear what order-svc did with a capture: it needs no telling any more."""
        payment = self.get_of_order(payment_id, order_id)
        if payment.outcome not in (None, outcome):
            raise Conflict(f"The capture was settled as {payment.outcome} before.")
        self.become(payment, T.SETTLED, outcome, outcome=outcome, announce_at=None)
        if refund_id is not None:
            RefundManager(self.session, self.settings, self.actor).acknowledge(
                payment, refund_id
            )

    def get_of_order(self, payment_id: int, order_id: int) -> Payment:
        """Return a payment, locked, that belongs to the order."""
        payment = self.lock(payment_id)
        if payment.order_id != str(order_id):
            raise NotFound(f"Order {order_id} has no payment {payment_id}.")
        return payment

    def announce(self, payment_id: int) -> None:
        """Say a capture again that order-svc has not settled."""
        payment = self.lock(payment_id)
        due = payment.announce_at is not None and payment.announce_at <= clock.now()
        if due and payment.state == PaymentState.CAPTURED:
            correlation.use(payment.correlation_id)
            self.become(payment, T.UNHEARD)

    def give_up(self, payment_id: int, why: str) -> None:
        """End a payment for which no link can be made."""
        payment = self.lock(payment_id)
        reason = {}
        if payment.state == PaymentState.CREATED:
            reason = {"closing_reason": ClosingReason.FAILED, "reason": why[:255]}
        self.become(payment, T.GIVEN_UP, why, **reason)

    def is_too_late(self, payment: Payment) -> bool:
        """Say whether it makes no sense any more to make a link."""
        most = timedelta(minutes=self.settings.give_up_minutes)
        return payment.placed_at is None or clock.now() - payment.placed_at > most
