"""The decisions of an admin about a payment under review."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.state_machine import Trigger
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.managers.refunds import RefundManager
from payment_svc.models import ClosingReason, Payment, PaymentTrigger


@dataclass(frozen=True)
class Review:
    """The two decisions that end a review.

    The admin's note stays in the history, because the customer can read `reason`.
    """

    machine: PaymentMachine
    refunds: RefundManager

    def accept(self, payment_id: int, note: str) -> Payment:
        """Accept the captured amount; the event is marked as accepted.

        order-svc learns now of the refunds that were found during the review.
        """
        data = {"is_accepted": True}
        accepted = PaymentTrigger.REVIEW_ACCEPTED
        payment = self._decide(payment_id, accepted, note, data)
        self.refunds.republish_now(payment)
        return payment

    def reject(self, payment_id: int, note: str) -> Payment:
        """Refund all of the capture, which is never reconciled again."""
        data = {"closing_reason": ClosingReason.CANCELLED}
        rejected = PaymentTrigger.REVIEW_REJECTED
        payment = self._decide(payment_id, rejected, note, data)
        self.refunds.refund_rejected(payment)
        return payment

    def _decide(
        self,
        payment_id: int,
        trigger: PaymentTrigger,
        note: str,
        data: Mapping[str, object],
    ) -> Payment:
        payment = self.machine.lock(payment_id)
        self.machine.fire(payment, Trigger(trigger, "", note, data))
        return payment
