"""Reconciliation of refunds with all refunds that Razorpay has of a capture."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select

from chassis import logging
from chassis.state_machine import Trigger
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.managers.refunds import RefundManager
from payment_svc.models import (
    Payment,
    PaymentHistory,
    PaymentTrigger,
    Refund,
    RefundReason,
    RefundState,
    RefundTrigger,
    refund_key,
)
from payment_svc.razorpay.types import ProviderPayment, ProviderRefund

ZERO = Decimal("0.00")
OPEN = (RefundState.SENT, RefundState.PENDING)
MADE = (RefundState.PENDING, RefundState.PROCESSED)
FOUND = {
    "pending": RefundTrigger.FOUND_PENDING,
    "processed": RefundTrigger.FOUND_PROCESSED,
}


class ProviderRefunds:
    """Refunds as Razorpay has them, whoever made them; nothing here commits.

    A refund is ours when its id is stored, or when its receipt or its notes name a
    refund that was sent. Every other refund was made at Razorpay: in the dashboard, by
    a batch file, automatically.
    """

    def __init__(self, machine: PaymentMachine, refunds: RefundManager) -> None:
        self.machine = machine
        self.session = machine.session
        self.refunds = refunds

    def refunded(
        self, payments: Sequence[ProviderPayment]
    ) -> list[tuple[int, ProviderPayment]]:
        """Return the captures that have refunds, here or at Razorpay.

        Each comes with the id of the payment that has, or had, the capture. Equal sums
        prove nothing: one refund may have failed and another one replaced it. A sum
        that Razorpay has left out is unknown.
        """
        found = ((self._owner(one.id), one) for one in payments)
        return [
            (owner, one)
            for owner, one in found
            if owner is not None
            and (one.amount_refunded != ZERO or self._made(one.id) != ZERO)
        ]

    def apply(
        self, payment_id: int, capture: str, found: Sequence[ProviderRefund]
    ) -> None:
        """Reconcile our refunds of a capture, then insert those made at Razorpay."""
        payment = self.machine.lock(payment_id)
        rows = self._rows(capture)
        foreign = [seen for seen in found if not self._reconcile_own(rows, seen)]
        for seen in foreign:
            if seen.is_live:  # a failed one has returned nothing
                self._insert(payment, capture, seen)

    def check_sum(
        self,
        payment_id: int,
        before: ProviderPayment,
        found: Sequence[ProviderRefund],
        after: ProviderPayment,
    ) -> None:
        """Alert when a payment's refunded amount is not the sum of its refunds.

        The payment was read `before` and `after` the refunds. It is not documented
        whether Razorpay subtracts a failed refund, so both sums are accepted. An amount
        that Razorpay has left out contradicts no sum.
        """
        live = sum((one.amount for one in found if one.is_live), ZERO)
        most = sum((one.amount for one in found), ZERO)
        low = before.amount_refunded or ZERO
        high = live if after.amount_refunded is None else after.amount_refunded
        if low > most or high < live:
            what = f"{high:.2f} is refunded, but the sum of the refunds is {live:.2f}"
            self._alert(self.machine.lock(payment_id), what)

    def _owner(self, capture: str) -> int | None:
        """Return the payment of a capture; a rejected capture has only its refund."""
        held = select(Payment.id).where(Payment.razorpay_payment_id == capture)
        refunded = select(Refund.payment_id).where(
            Refund.razorpay_payment_id == capture
        )
        found = self.session.scalar(held)
        return self.session.scalar(refunded.limit(1)) if found is None else found

    def _rows(self, capture: str) -> Sequence[Refund]:
        rows = select(Refund).where(Refund.razorpay_payment_id == capture)
        return self.session.scalars(rows.order_by(Refund.id)).all()

    def _made(self, capture: str) -> Decimal:
        """Return the sum of a capture's refunds that are known to exist at Razorpay."""
        total = select(func.sum(Refund.amount)).where(
            Refund.razorpay_payment_id == capture,
            Refund.razorpay_refund_id.is_not(None),
            Refund.state.in_(MADE),
        )
        return self.session.scalar(total) or ZERO

    def _reconcile_own(self, rows: Sequence[Refund], seen: ProviderRefund) -> bool:
        """Reconcile the stored refund that Razorpay names; return False without one."""
        refund = match(rows, seen)
        if refund is None:
            return False
        if refund.state in OPEN:
            self.refunds.reconcile(refund.id, seen)
        elif seen.is_live is (refund.state == RefundState.FAILED):
            payment = self.refunds.machine.payment_of(refund)
            what = f"the {refund.state} refund {seen.id} is {seen.status}"
            self._alert(payment, what)
        return True

    def _insert(self, payment: Payment, capture: str, seen: ProviderRefund) -> None:
        """Insert a refund that was made at Razorpay, unless it cannot be explained."""
        if problem := self._problem(payment, capture, seen):
            self._alert(payment, f"{seen.id}: {problem}")
            return
        n = self.refunds.rules.next_number(payment, RefundReason.PROVIDER)
        data = {
            "payment_id": payment.id,
            "key": refund_key(payment.id, RefundReason.PROVIDER, n),
            "razorpay_payment_id": capture,
            "razorpay_refund_id": seen.id,
            "captured_amount": self._captured(payment, capture),
            "amount": seen.amount,
            "currency": payment.captured_currency or payment.currency,
            "reason": RefundReason.PROVIDER,
            "n": n,
            "note": seen.comment or None,
            "made_at": seen.made_at,
            "correlation_id": payment.correlation_id,
        }
        trigger = FOUND.get(seen.status, RefundTrigger.FOUND_PENDING)
        refund = self.refunds.machine.insert(Trigger(trigger, "", seen.id, data))
        logging.get().error(
            "refund made at razorpay",
            alert=True,
            refund_id=refund.id,
            payment_id=payment.id,
            order_id=payment.order_id,
            razorpay_refund_id=seen.id,
            amount=f"{seen.amount:.2f}",
        )

    def _problem(self, payment: Payment, capture: str, seen: ProviderRefund) -> str:
        """Return why a refund cannot be a refund of this capture; "" if it can."""
        captured = self._captured(payment, capture)
        stored = select(Refund.id).where(Refund.razorpay_refund_id == seen.id)
        rules = {
            "a refund of another payment": seen.payment_id not in (None, capture)
            or self.session.scalar(stored) is not None,
            "a refund in another currency": payment.razorpay_payment_id == capture
            and seen.currency not in (None, payment.captured_currency),
            "a refund of nothing": seen.amount <= 0,
            "more is refunded than was captured": captured is not None
            and self._made(capture) + seen.amount > captured,
        }
        return next((what for what, applies in rules.items() if applies), "")

    def _captured(self, payment: Payment, capture: str) -> Decimal | None:
        """Return the amount of a capture; a replaced one has it in its refund."""
        if payment.razorpay_payment_id == capture:
            return payment.captured_amount
        amounts = (row.captured_amount for row in self._rows(capture))
        return next((amount for amount in amounts if amount is not None), None)

    def _alert(self, payment: Payment, what: str) -> None:
        """Record what cannot be explained, and report it, once for each payment."""
        trigger = PaymentTrigger.REFUNDS_UNEXPLAINED
        known = select(PaymentHistory.id).filter_by(
            payment_id=payment.id, trigger=trigger, reason=what[:255]
        )
        if self.session.scalar(known.limit(1)) is not None:
            return
        self.machine.fire(payment, Trigger(trigger, "", what))
        logging.get().error(
            "refunds at razorpay do not add up",
            alert=True,
            payment_id=payment.id,
            order_id=payment.order_id,
            why=what,
        )


def match(rows: Sequence[Refund], seen: ProviderRefund) -> Refund | None:
    """Return our refund: by its stored id, else by its receipt or its notes.

    A refund that failed before it had an id was never made by us.
    """
    for row in rows:
        if row.razorpay_refund_id == seen.id:
            return row
    unknown = (row for row in rows if row.razorpay_refund_id is None)
    sent = [row for row in unknown if row.state == RefundState.SENT]
    by_receipt = (row for row in sent if row.idempotency_key == seen.receipt)
    by_notes = (row for row in sent if row.key == seen.key)
    return next(by_receipt, None) or next(by_notes, None)
