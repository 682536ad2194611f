"""Reconciliation of payments with snapshots of Razorpay."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from chassis import clock, logging
from chassis.failpoints import failpoint
from chassis.state_machine import Trigger
from payment_svc.managers import attempts
from payment_svc.managers.captures import Classification, classify
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.managers.schedule import AT_ONCE
from payment_svc.models import (
    ClosingReason,
    Payment,
    PaymentKind,
    PaymentState,
    PaymentTrigger,
    Refund,
    RefundReason,
)
from payment_svc.razorpay.types import ProviderLink, ProviderPayment, Snapshot

T = PaymentTrigger
WITH_CAPTURE = (PaymentState.CAPTURED, PaymentState.UNDER_REVIEW)
REASONS = {"expired": ClosingReason.EXPIRED, "cancelled": ClosingReason.CANCELLED}


@dataclass(frozen=True)
class Reconciliation:
    """Applies snapshots to payments.

    Callback, webhook, polling and the staff's sync all use `apply`. It never commits.
    """

    machine: PaymentMachine

    def apply(self, payment_id: int, snapshot: Snapshot) -> Payment:
        """Store the link's ids, then its captures, then its end; plan the next poll."""
        payment = self.machine.lock(payment_id)
        if snapshot.link is not None:
            self._store_link(payment, snapshot.link)
        attempts.record(self.machine.session, payment, snapshot.payments)
        for capture in snapshot.captures:
            if self._is_new(capture):
                self._store_capture(payment, capture)
        if not snapshot.captures:
            self._end(payment, snapshot.link)
        if payment.state not in AT_ONCE:  # the worker acts on the others at once
            payment.attempts = 0
            self.machine.plan_poll(payment)
        self.machine.session.flush()
        return payment

    def _store_link(self, payment: Payment, link: ProviderLink) -> None:
        """Store a new link, or the order that the link's page has created."""
        if payment.razorpay_payment_link_id is None:
            self._store_new_link(payment, link)
        elif link.order_id and payment.razorpay_order_id is None:
            payment.razorpay_order_id = link.order_id
            payment.updated_at = clock.now()

    def _store_new_link(self, payment: Payment, link: ProviderLink) -> None:
        data: dict[str, Any] = {
            "razorpay_payment_link_id": link.id,
            "razorpay_short_url": link.short_url,
            "razorpay_order_id": link.order_id,
            "expires_at": link.expire_by or payment.expires_at or clock.now(),
        }
        ours = (payment.amount, payment.currency, payment.receipt)
        if (link.amount, link.currency, link.reference_id) == ours:
            self.machine.fire(payment, Trigger(T.LINK_CREATED, data=data))
        else:
            self._store_wrong_link(payment, link, data)

    def _store_wrong_link(
        self, payment: Payment, link: ProviderLink, data: dict[str, Any]
    ) -> None:
        reason = "the link has another amount"
        logging.get().error(reason, payment_id=payment.id, link=link.id)
        if payment.state == PaymentState.CREATED:
            data |= {"closing_reason": ClosingReason.FAILED, "reason": reason}
        self.machine.fire(payment, Trigger(T.LINK_FAILED, "", reason, data))

    def _is_new(self, capture: ProviderPayment) -> bool:
        """Return whether no payment has this capture and no admin has rejected it."""
        stored = select(Payment.id).where(Payment.razorpay_payment_id == capture.id)
        rejected = select(Refund.id).where(
            Refund.razorpay_payment_id == capture.id,
            Refund.reason == RefundReason.REVIEW_REJECTED,
        )
        session = self.machine.session
        return not (session.scalar(stored) or session.scalar(rejected))

    def _store_capture(self, payment: Payment, capture: ProviderPayment) -> None:
        bears_fees = self.machine.settings.customer_bears_fees
        found = classify(payment, capture, customer_bears_fees=bears_fees)
        if found.trigger is T.MISMATCH_SEEN:
            logging.get().error(
                "payment under review",
                payment_id=payment.id,
                capture=capture.id,
                why=found.reason,
            )
        if payment.state in WITH_CAPTURE:
            self._insert_extra(payment, capture, found)
        else:
            data = _columns(capture, found)
            self.machine.fire(payment, Trigger(found.trigger, "", capture.id, data))
        failpoint("payment.captured")

    def _insert_extra(
        self, first: Payment, capture: ProviderPayment, found: Classification
    ) -> None:
        """Insert an EXTRA payment; only the first one has the link's unique ids."""
        self.machine.fire(first, Trigger(T.SECOND_CAPTURE_SEEN, "", capture.id))
        data = {
            "order_id": first.order_id,
            "kind": PaymentKind.EXTRA,
            "extra_of": first.id,
            "user_id": first.user_id,
            "amount": first.amount,
            "currency": first.currency,
            "placed_at": first.placed_at,
            "correlation_id": first.correlation_id,
            **_columns(capture, found),
        }
        extra = self.machine.insert(Trigger(found.trigger, "", capture.id, data))
        logging.get().warning("second capture", payment_id=extra.id, first=first.id)

    def _end(self, payment: Payment, link: ProviderLink | None) -> None:
        """Close a payment whose link has ended, or a closing payment without a link."""
        if link is None:
            if payment.state == PaymentState.CLOSING:
                self.machine.fire(
                    payment, Trigger(T.LINK_ENDED, "", "there is no link")
                )
        elif link.is_over:
            is_closing = payment.state == PaymentState.CLOSING  # the reason is known
            data = {} if is_closing else {"closing_reason": REASONS[link.status]}
            self.machine.fire(payment, Trigger(T.LINK_ENDED, "", link.status, data))


def _columns(capture: ProviderPayment, found: Classification) -> dict[str, Any]:
    return {
        "razorpay_payment_id": capture.id,
        "captured_amount": capture.amount,
        "captured_currency": capture.currency,
        "amount_refunded": Decimal("0.00"),  # of this capture
        "outcome": None,
        "is_accepted": found.is_accepted,
        "reason": found.reason,
    }
