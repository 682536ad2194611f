"""What happens to a refund before each call: less may be left than was requested."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from chassis import clock, correlation, logging
from chassis.state_machine import Trigger
from payment_svc.managers import dispute_rules
from payment_svc.managers.provider_refunds import MADE, ProviderRefunds
from payment_svc.managers.refunds import RefundManager
from payment_svc.models import Dispute, Payment, Refund, RefundState, RefundTrigger
from payment_svc.razorpay.types import ProviderRefund

T = RefundTrigger
UNSENT = (RefundState.REQUESTED, RefundState.SENT)
WAIT = timedelta(hours=1)  # between two attempts of a refund that waits for a dispute


class RefundAttempts:
    """The attempts of refunds to reach Razorpay; nothing here commits."""

    def __init__(self, refunds: RefundManager, provider: ProviderRefunds) -> None:
        self.machine = refunds.machine
        self.session = refunds.session
        self.provider = provider

    def get(self, refund_id: int) -> Refund:
        """Return a refund whose attempt begins."""
        refund = self.machine.get(refund_id)
        correlation.use(refund.correlation_id)
        return refund

    def prepare(self, refund_id: int, found: Sequence[ProviderRefund]) -> Refund | None:
        """Reconcile with all refunds of the capture; return the refund to send.

        It is locked and SENT, with an amount that is left. Returns None for a refund
        that was made before, that has FAILED because nothing is left, or that waits
        for a dispute.
        """
        refund = self.machine.lock(refund_id)
        capture = str(refund.razorpay_payment_id)
        self.provider.apply(refund.payment_id, capture, found)
        if refund.state in UNSENT:
            self._fit(refund)
        is_sent = refund.state in UNSENT and self._send_or_wait(refund)
        return refund if is_sent else None

    def _send_or_wait(self, refund: Refund) -> bool:
        """Begin the call; return False if the refund waits for a dispute."""
        dispute = dispute_rules.find_holding(self.session, refund)
        if dispute is not None:
            self._wait(refund, dispute)
            return False
        refund.detail = None
        self.machine.fire(refund, Trigger(T.SENT))
        return True

    def _wait(self, refund: Refund, dispute: Dispute) -> None:
        detail = dispute_rules.waiting(dispute)
        if refund.detail != detail:
            logging.get().error(detail, alert=True, refund_id=refund.id)
            data = {"detail": detail}
            self.machine.fire(refund, Trigger(T.DISPUTE_OPEN, "", detail, data))
        refund.attempts, refund.next_check_at = 0, clock.now() + WAIT
        self.session.flush()

    def _fit(self, refund: Refund) -> None:
        """Reduce a refund to what is left; end it if it may not be reduced."""
        left = self._left(refund)
        if refund.amount <= left:
            return
        if left > 0 and refund.is_reducible:
            self._reduce(refund, left)
        else:
            self._end(refund, f"{max(left, Decimal(0)):.2f} is left of the capture")

    def _reduce(self, refund: Refund, left: Decimal) -> None:
        """Request what is left; another body needs another idempotency key."""
        data: dict[str, Any] = {"amount": left, "attempts": 0}
        if refund.state == RefundState.SENT:
            data["idempotency_key"] = str(uuid.uuid4())
        why = f"{left:.2f} is left of the capture, less than {refund.amount:.2f}"
        self.machine.fire(refund, Trigger(T.REDUCED, "", why, data))

    def _end(self, refund: Refund, why: str) -> None:
        logging.get().error("refund ended", alert=True, refund_id=refund.id, why=why)
        was_sent = refund.state == RefundState.SENT
        trigger = T.REFUSED if was_sent else T.TOO_LARGE
        self.machine.fire(refund, Trigger(trigger, "", why, {"detail": why}))

    def _left(self, refund: Refund) -> Decimal:
        """Return what is left of the capture for this refund.

        A refund of the rest leaves enough for other refunds that are in progress.
        """
        others = MADE + UNSENT if refund.is_reducible else MADE
        total = select(func.sum(Refund.amount)).where(
            Refund.razorpay_payment_id == refund.razorpay_payment_id,
            Refund.id != refund.id,
            Refund.state.in_(others),
        )
        return self._captured(refund) - (self.session.scalar(total) or Decimal(0))

    def _captured(self, refund: Refund) -> Decimal:
        """Return the amount of the refund's capture."""
        payment: Payment = self.machine.payment_of(refund)
        return refund.captured_amount or payment.refundable
