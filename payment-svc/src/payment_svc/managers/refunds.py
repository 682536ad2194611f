"""The rules of refunds: each is made once, and never more than the capture."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from chassis import clock, correlation, logging
from chassis.errors import Forbidden, NotFound
from chassis.state_machine import Trigger
from payment_svc.managers import dispute_rules
from payment_svc.managers.refund_machine import FINAL, RefundMachine
from payment_svc.managers.refund_rules import RefundRules
from payment_svc.models import (
    AUTOMATIC,
    Payment,
    Refund,
    RefundReason,
    RefundTrigger,
    refund_key,
)
from payment_svc.razorpay.types import ProviderRefund

T = RefundTrigger
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
        self,
        payment: Payment,
        amount: Decimal,
        reason: RefundReason,
        n: int,
        *,
        is_rest: bool = False,
        note: str = "",
        by_admin: bool = False,
    ) -> Refund:
        """Request a refund of a locked payment, once for each key.

        An automatic refund, and one of the rest, is reduced to what is left. A refund
        that is too large, or by staff above the limit, is stored as FAILED and
        answered; nothing is raised.
        """
        key = refund_key(payment.id, reason, n)
        known = self.session.scalar(select(Refund).where(Refund.key == key))
        if known is not None:
            self.machine.fire(known, Trigger(T.REQUESTED))
            return known
        left = self.rules.left(payment)
        if left > 0 and (is_rest or reason in AUTOMATIC):
            amount = min(amount, left)
        is_limited = reason == RefundReason.STAFF and not by_admin
        problem = self.rules.problem(payment, amount, left, is_limited=is_limited)
        trigger = T.TOO_LARGE if problem else T.REQUESTED
        return self._insert(
            payment,
            trigger,
            amount,
            reason,
            n,
            note=note,
            is_rest=is_rest,
            detail=problem or None,
        )

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
        reason, is_rest = RefundReason.DIRECT, amount is None
        n = self.rules.next_number(payment, reason)
        refund = self._insert(
            payment, T.REQUESTED, wanted, reason, n, note=note, is_rest=is_rest
        )
        refund.despite_dispute = despite_dispute
        return refund

    def refund_rejected(self, payment: Payment) -> Refund | None:
        """Refund all of a payment that an admin has rejected; no event is published.

        Returns None for a capture of nothing, as with an offer of the whole amount.
        """
        if not payment.refundable:
            return None
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
        *,
        note: str = "",
        is_rest: bool = False,
        detail: str | None = None,
    ) -> Refund:
        data = {
            "payment_id": payment.id,
            "key": refund_key(payment.id, reason, n),
            "razorpay_payment_id": payment.razorpay_payment_id,
            "captured_amount": payment.captured_amount,
            "amount": amount,
            "currency": payment.captured_currency or payment.currency,
            "reason": reason,
            "n": n,
            "is_rest": is_rest,
            "note": note or None,
            "detail": detail,
        }
        return self.machine.insert(Trigger(trigger, "", detail or "", data))

    def override_dispute(self, refund_id: int) -> Refund:
        """Let a refund that waits for a dispute be sent; an admin has decided it."""
        refund = self.machine.lock(refund_id)
        data = {"despite_dispute": True, "next_check_at": clock.now()}
        self.machine.fire(refund, Trigger(T.DISPUTE_OVERRIDDEN, data=data))
        return refund

    def reconcile(self, refund_id: int, seen: ProviderRefund) -> Refund:
        """Apply what Razorpay returned for a refund; its amount is the true one."""
        refund = self.machine.lock(refund_id)
        trigger = SEEN.get(seen.status, T.NO_ANSWER)
        data: dict[str, Any] = {}
        if refund.state not in FINAL:
            data = {
                "razorpay_refund_id": seen.id,
                "amount": seen.amount,
                "made_at": seen.made_at,
            }
            _check_amount(refund, seen)
        if trigger is T.SEEN_FAILED:
            logging.get().error("refund failed", refund_id=refund.id)
        self.machine.fire(refund, Trigger(trigger, "", seen.status, data))
        return refund

    def acknowledge(self, payment: Payment, refund_id: int) -> None:
        """Record that order-svc has a refund it did not request: stop republishing."""
        refund = self.machine.lock(refund_id)
        if refund.payment_id != payment.id:
            raise NotFound(f"Payment {payment.id} has no refund {refund_id}.")
        if refund.acknowledged_at is None:
            data = {"acknowledged_at": clock.now(), "republish_at": None}
            self.machine.fire(refund, Trigger(T.ACKNOWLEDGED, data=data))

    def republish(self, refund_id: int) -> None:
        """Publish a refund again that order-svc has not acknowledged."""
        refund = self.machine.lock(refund_id)
        correlation.use(refund.correlation_id)
        if refund.republish_at is not None:
            self.machine.fire(refund, Trigger(T.ACK_TIMEOUT))

    def republish_now(self, payment: Payment) -> None:
        """Make the refunds due that order-svc has not acknowledged."""
        for refund in self.list(payment.id):
            if refund.republish_at is not None:
                refund.republish_at = clock.now()


def _check_amount(refund: Refund, seen: ProviderRefund) -> None:
    if seen.amount != refund.amount:  # one key always has one body
        logging.get().error(
            "refund of another amount",
            alert=True,
            refund_id=refund.id,
            requested=str(refund.amount),
            made=str(seen.amount),
        )
