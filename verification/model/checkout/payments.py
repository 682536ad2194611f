"""payment-svc and Razorpay in the checkout model: link, capture and refund."""

from collections.abc import Iterator

from payment_svc.models import PaymentState, PaymentTrigger
from payment_svc.models import RefundState as Refund
from payment_svc.models import RefundTrigger as Told
from verification.model.base import Model, Step
from verification.model.broken import Broken
from verification.model.checkout.state import (
    CLOSE,
    KEPT,
    REFUND,
    REQUESTED,
    RETURNED,
    World,
    publish,
)

P, T = PaymentState, PaymentTrigger
COMMANDS = {REQUESTED: T.REQUESTED, CLOSE: T.CLOSE_REQUESTED}
OUTCOMES = {KEPT: "kept", RETURNED: "refund"}
TAKEN = (P.CAPTURED, P.SUSPECT)


class Payments(Model):
    """A payment's row, and its reconciliation with Razorpay."""

    def move_payment(self, s: World, trigger: PaymentTrigger) -> World:
        """Make the table's transition, and publish its event."""
        move = self.rules.payment(s.payment, trigger)
        if move is None:
            return s
        if trigger is T.LINK_MADE:
            s = s._replace(knows_link=True)
        s = s._replace(payment=move.to)
        return publish(s, move.says) if move.says else s

    def handle_command(self, s: World, message: str) -> World:
        """Handle a message of order-svc."""
        if message in COMMANDS:
            return self.move_payment(s, COMMANDS[message])
        if message == REFUND:
            return self.move_refund(s, Told.ASKED)
        return self.move_payment(s, T.SETTLED)._replace(outcome=OUTCOMES[message])

    def reconcile(self, s: World) -> World:
        """Apply what Razorpay returns now, after a webhook, callback, poll or sync."""
        if s.payment is None:
            return s
        if s.link != "none" and not s.knows_link:
            s = self.move_payment(s, T.LINK_MADE)
        if s.money != "none":
            return self._capture(s)
        if s.link == "dead" or (s.link == "none" and s.payment is P.CLOSING):
            return self.move_payment(s, T.LINK_OVER)
        if s.link == "live" and s.payment is P.CLOSED:
            return s._replace(link="dead")  # an orphaned link is cancelled
        return s

    def _capture(self, s: World) -> World:
        is_known = s.spent and self.rules.broken is not Broken.RESOLVED_EVIDENCE_COUNTS
        if is_known or s.payment in TAKEN:
            return s
        is_right = s.money == "right"
        return self.move_payment(s, T.CAPTURE_SEEN if is_right else T.MISMATCH_SEEN)

    def create(self, s: World) -> World:
        """Create the link at Razorpay, once for each reference."""
        if self.rules.broken is Broken.NO_REFERENCE_ID:
            s = s._replace(links=s.links + 1)
        return s._replace(link="live", links=max(1, s.links)) if s.link == "none" else s

    def close(self, s: World) -> World:
        """Cancel the link at Razorpay, unless it is paid."""
        return s._replace(link="dead") if s.link == "live" else s

    def move_refund(self, s: World, trigger: Told) -> World:
        """Make the refund's transition; a refund after review publishes no event."""
        move = self.rules.refund(s.refund, trigger)
        if move is None:
            return s
        s = s._replace(refund=move.to)
        return publish(s, move.says) if move.says and not s.spent else s

    def send_back(self, s: World) -> World:
        """Refund at Razorpay, once for each key."""
        is_new = self.rules.broken is Broken.REFUND_NEW_KEY or not s.refunds
        return s._replace(refunds=s.refunds + is_new)

    def payment_work(self, s: World) -> Iterator[Step]:
        """Do the work that is due."""
        if s.payment is P.CREATED:
            made = self.move_payment(self.create(s), T.LINK_MADE)
            yield "payment-svc creates the link", made
        if s.payment is P.CLOSING:
            yield "payment-svc closes the link", self.reconcile(self.close(s))
        if s.refund is Refund.REQUESTED:
            yield "payment-svc starts the refund", self.move_refund(s, Told.CALLED)
        if s.refund is Refund.SENT:
            done = self.move_refund(self.send_back(s), Told.SEEN_PROCESSED)
            yield "payment-svc refunds the money", done

    def payment_clocks(self, s: World) -> Iterator[Step]:
        """Poll Razorpay, and republish a capture that is not settled."""
        is_over = s.payment is P.CLOSED and self.rules.broken is Broken.NO_ORPHAN_LOOKUP
        if not is_over:
            yield "payment-svc polls Razorpay", self.reconcile(s)
        if s.payment is P.CAPTURED and not s.outcome:
            yield "the capture is republished", self.move_payment(s, T.UNHEARD)

    def payment_people(self, s: World) -> Iterator[Step]:
        """Decide a capture under review."""
        if s.payment is P.SUSPECT:
            yield "an admin accepts the capture", self.move_payment(s, T.ACCEPTED)
            back = self.move_refund(s._replace(spent=True), Told.ASKED)
            yield "an admin rejects the capture", self.move_payment(back, T.TURNED_BACK)
