"""What an admin decides about a suspect payment."""

from chassis.errors import Conflict
from payment_svc.managers.payment_moves import PaymentMoves
from payment_svc.managers.refunds import RefundManager
from payment_svc.models import ClosingReason, Payment, PaymentState, PaymentTrigger

T = PaymentTrigger


class Decisions(PaymentMoves):
    """The two ways out of SUSPECT; nothing leaves it by itself."""

    def accept(self, payment_id: int, note: str) -> Payment:
        """Take a suspect payment as it is: the order is told that it was decided.

        The note is for staff: it stays in the history, for `reason` is the owner's too.
        """
        payment = self._suspect(payment_id)
        self.become(payment, T.ACCEPTED, note, is_accepted=True)
        return payment

    def turn_back(self, payment_id: int, note: str) -> Payment:
        """Refund a suspect payment whole; its capture is never evidence again."""
        payment = self._suspect(payment_id)
        refunds = RefundManager(self.session, self.settings, self.actor)
        refunds.send_back(payment)
        closing = ClosingReason.CANCELLED
        self.become(payment, T.TURNED_BACK, note, closing_reason=closing)
        return payment

    def _suspect(self, payment_id: int) -> Payment:
        payment = self.lock(payment_id)
        if payment.state != PaymentState.SUSPECT:
            raise Conflict("Only a suspect payment is decided.", code="not_suspect")
        return payment
