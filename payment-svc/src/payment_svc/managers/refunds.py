"""The rules of refunds: each is made once, and never more than the capture."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from chassis import clock, correlation, logging
from chassis.errors import Forbidden, NotFound
from chassis.state_machine import Trigger
from payment_svc.managers import dispute_rules
from payment_svc.managers.refund_machine import FINAL, RefundMachine
from payment_svc.managers.refund_rules import RefundRules
from payment_svc.models import (
    Payment,
    Refund,
    RefundReason,
    RefundState,
    RefundTrigger,
    refund_key,
)
from payment_svc.razorpay.types import ProviderRefund

T = RefundTrigger
WAIT = timedelta(hours=1)  # between two attempts of a refund that waits for a dispute
SEEN = {
    "pending": T.SEEN_PENDING,
    "processed": T.SEEN_PROCESSED,
    "failed": T.SEEN_FAILED,
}


class RefundManager:
    """The operations on refunds; the manager never commits."""

    def __init__(self, machine: RefundMachine) -> None:
        self.machine = machine
        self.session = machine.session
        self.rules = RefundRules(machine.session, machine.settings.refund_limit)

    def list(self, payment_id: int) -> Sequence[Refund]:
        """Return a payment's refunds, newest first."""
        rows = select(Refund).where(Refund.payment_id == payment_id)
        return self.session.scalars(rows.order_by(Refund.id.desc())).all()

    def request(
        self, payment: Payment, amount: Decimal, reason: RefundReason, n: int
    ) -> Refund:
        """Request a refund of a locked payment, once for each key.

        A refund that is too large is stored as FAILED and answered; nothing is raised.
        """
        key = refund_key(payment.id, reason, n)
        known = self.session.scalar(select(Refund).where(Refund.key == key))
        if known is not None:
            self.machine.fire(known, Trigger(T.REQUESTED))
            return known
        fits = amount <= self.rules.left(payment)
        trigger = T.REQUESTED if fits else T.TOO_LARGE
        return self._insert(payment, trigger, amount, reason, n)

    def request_direct(
        self,
        payment: Payment,
        amount: Decimal | None,
        note: str,
        *,
        is_admin: bool,
        despite_dispute: bool = False,
    ) -> Refund:
        """Refund a locked payment for staff; raises what `direct_amount` raises.

        Raises Conflict `dispute_open` too, unless an admin refunds despite the dispute.
        """
        if despite_dispute and not is_admin:
            raise Forbidden("Only an admin may refund a disputed payment.")
        if not despite_dispute:
            dispute_rules.check_open(self.session, payment.razorpay_payment_id)
        wanted = self.rules.direct_amount(payment, amount, is_admin=is_admin)
        n = self.rules.next_number(payment, RefundReason.DIRECT)
        refund = self._insert(
            payment, T.REQUESTED, wanted, RefundReason.DIRECT, n, note
        )
        refund.despite_dispute = despite_dispute
        return refund

    def refund_rejected(self, payment: Payment) -> Refund:
        """Refund all of a payment that an admin has rejected; no event is published."""
        reason = RefundReason.REVIEW_REJECTED
        n = self.rules.next_number(payment, reason)
        return self._insert(payment, T.REQUESTED, payment.refundable, reason, n)

    def _insert(
        self,
        payment: Payment,
        trigger: RefundTrigger,
        amount: Decimal,
        reason: RefundReason,
        n: int,
        note: str = "",
    ) -> Refund:
        data = {
            "payment_id": payment.id,
            "key": refund_key(payment.id, reason, n),
            "razorpay_payment_id": payment.razorpay_payment_id,
            "amount": amount,
            "currency": payment.captured_currency or payment.currency,
            "reason": reason,
            "n": n,
            "note": note[:255] or None,
        }
        return self.machine.insert(Trigger(trigger, data=data))

    def begin_attempt(self, refund_id: int) -> tuple[Refund, bool]:
        """Record that a call to Razorpay begins.

        Returns the refund, and whether another call had begun before.
        """
        refund = self.machine.lock(refund_id)
        correlation.use(self.machine.payment_of(refund).correlation_id)
        was_sent = refund.state == RefundState.SENT
        if was_sent:
            self.machine.fire(refund, Trigger(T.SENT))
        elif refund.state == RefundState.REQUESTED:
            self._send_or_wait(refund)
        return refund, was_sent

    def _send_or_wait(self, refund: Refund) -> None:
        """Let a refund be sent, unless its payment is disputed."""
        dispute = dispute_rules.find_holding(self.session, refund)
        if dispute is None:
            self.machine.fire(refund, Trigger(T.SENT, data={"detail": None}))
            return
        detail = f"waits for dispute {dispute.razorpay_dispute_id}"
        if refund.detail != detail:
            logging.get().error(detail, alert=True, refund_id=refund.id)
            data = {"detail": detail}
            self.machine.fire(refund, Trigger(T.DISPUTE_OPEN, "", detail, data))
        refund.attempts, refund.next_check_at = 0, clock.now() + WAIT
        self.session.flush()

    def override_dispute(self, refund_id: int) -> Refund:
        """Let a refund that waits for a dispute be sent; an admin has decided it."""
        refund = self.machine.lock(refund_id)
        data = {"despite_dispute": True, "next_check_at": clock.now()}
        self.machine.fire(refund, Trigger(T.DISPUTE_OVERRIDDEN, data=data))
        return refund

    def reconcile(self, refund_id: int, seen: ProviderRefund) -> Refund:
        """Apply what Razorpay returned for a refund."""
        refund = self.machine.lock(refund_id)
        trigger = SEEN.get(seen.status, T.NO_ANSWER)
        data = {} if refund.state in FINAL else {"razorpay_refund_id": seen.id}
        if trigger is T.SEEN_FAILED:
            logging.get().error("refund failed", refund_id=refund.id)
        self.machine.fire(refund, Trigger(trigger, "", seen.status, data))
        return refund

    def unmatched(
        self, refund: Refund, seen: Iterable[ProviderRefund]
    ) -> Sequence[ProviderRefund]:
        """Return Razorpay's refunds of this amount that match no stored refund."""
        stored = set(
            self.session.scalars(
                select(Refund.razorpay_refund_id).where(
                    Refund.razorpay_payment_id == refund.razorpay_payment_id
                )
            )
        )
        alike = (one for one in seen if one.amount == refund.amount)
        return [one for one in alike if one.id not in stored]

    def fail(self, refund_id: int, description: str) -> None:
        """Fail a refund that Razorpay has refused; staff must handle it."""
        refund = self.machine.lock(refund_id)
        logging.get().error("refund refused", refund_id=refund.id, why=description)
        data = {"detail": description[:255]}
        self.machine.fire(refund, Trigger(T.REFUSED, "", description, data))

    def acknowledge(self, payment: Payment, refund_id: int) -> None:
        """Record that order-svc has a direct refund, and stop republishing it."""
        refund = self.machine.lock(refund_id)
        if refund.payment_id != payment.id:
            raise NotFound(f"Payment {payment.id} has no refund {refund_id}.")
        if refund.acknowledged_at is None:
            data = {"acknowledged_at": clock.now(), "republish_at": None}
            self.machine.fire(refund, Trigger(T.ACKNOWLEDGED, data=data))

    def republish(self, refund_id: int) -> None:
        """Publish a direct refund again that order-svc has not acknowledged."""
        refund = self.machine.lock(refund_id)
        if refund.republish_at is not None:
            self.machine.fire(refund, Trigger(T.ACK_TIMEOUT))
