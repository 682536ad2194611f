"""payment-svc and Razorpay in the checkout model: link, capture and refund."""

from collections.abc import Iterator

from payment_svc.models import Event, PaymentState, PaymentTrigger, RefundTrigger
from payment_svc.models import RefundState as Refund
from verification.model.base import Model, Step
from verification.model.broken import Broken
from verification.model.checkout.state import (
    CLOSE,
    KEPT,
    REFUND,
    REFUNDED,
    REQUESTED,
    REVIEW_REJECTED,
    World,
    publish,
)

P, T, RT = PaymentState, PaymentTrigger, RefundTrigger
COMMANDS: dict[str, PaymentTrigger] = {REQUESTED: T.REQUESTED, CLOSE: T.CLOSE_REQUESTED}
OUTCOMES = {KEPT: "kept", REFUNDED: "refund"}
WITH_CAPTURE = (P.CAPTURED, P.UNDER_REVIEW)


class Payments(Model):
    """A payment's row, and its reconciliation with Razorpay."""

    def fire_payment(self, s: World, trigger: PaymentTrigger) -> World:
        """Make the table's transition, and publish its event."""
        payment, transition = self.rules.fire("payment", s.payment, trigger)
        s = s._replace(payment=payment) if payment is not s.payment else s
        if trigger is T.LINK_CREATED:
            s = s._replace(link_stored=True)
        is_rejection = transition.publishes is Event.CLOSED and s.rejected
        event = REVIEW_REJECTED if is_rejection else transition.publishes
        return publish(s, event) if event else s

    def handle_command(self, s: World, message: str) -> World:
        """Handle a message of order-svc."""
        if message in COMMANDS:
            return self.fire_payment(s, COMMANDS[message])
        if message == REFUND:
            return self.fire_refund(s, RT.REQUESTED)
        return self.fire_payment(s, T.SETTLED)._replace(outcome=OUTCOMES[message])

    def reconcile(self, s: World) -> World:
        """Apply what Razorpay returns now, after a webhook, callback, poll or sync."""
        if s.payment is None:
            return s
        if s.link != "none" and not s.link_stored:
            s = self.fire_payment(s, T.LINK_CREATED)
        if s.money != "none":
            return self._capture(s)
        if s.link == "dead" or (s.link == "none" and s.payment is P.CLOSING):
            return self.fire_payment(s, T.LINK_ENDED)
        if s.link == "live" and s.payment is P.CLOSED:
            return s._replace(link="dead")  # an orphaned link is cancelled
        return s

    def _capture(self, s: World) -> World:
        is_rejected = (
            s.rejected and self.rules.broken is not Broken.REJECTED_CAPTURE_COUNTS
        )
        if is_rejected or s.payment in WITH_CAPTURE:
            return s
        is_right = s.money == "right"
        return self.fire_payment(s, T.CAPTURE_SEEN if is_right else T.MISMATCH_SEEN)

    def create(self, s: World) -> World:
        """Create the link at Razorpay, once for each reference."""
        if self.rules.broken is Broken.NO_REFERENCE_ID:
            s = s._replace(links=s.links + 1)
        return s._replace(link="live", links=max(1, s.links)) if s.link == "none" else s

    def close(self, s: World) -> World:
        """Cancel the link at Razorpay, unless it is paid."""
        return s._replace(link="dead") if s.link == "live" else s

    def fire_refund(self, s: World, trigger: RefundTrigger) -> World:
        """Make the refund's transition; a refund after review publishes no event."""
        refund, transition = self.rules.fire("refund", s.refund, trigger)
        s, event = s._replace(refund=refund), transition.publishes
        return publish(s, event) if event and not s.rejected else s

    def make_refund(self, s: World) -> World:
        """Refund at Razorpay, once for each key."""
        is_new = self.rules.broken is Broken.REFUND_NEW_KEY or not s.refunds
        return s._replace(refunds=s.refunds + is_new)

    def payment_work(self, s: World) -> Iterator[Step]:
        """Do the work that is due."""
        if s.payment is P.CREATED:
            created = self.fire_payment(self.create(s), T.LINK_CREATED)
            yield "payment-svc creates the link", created
        if s.payment is P.CLOSING:
            yield "payment-svc closes the link", self.reconcile(self.close(s))
        if s.refund is Refund.REQUESTED:
            yield "payment-svc starts the refund", self.fire_refund(s, RT.SENT)
        if s.refund is Refund.SENT:
            done = self.fire_refund(self.make_refund(s), RT.SEEN_PROCESSED)
            yield "payment-svc refunds the money", done

    def payment_retries(self, s: World) -> Iterator[Step]:
        """Poll Razorpay, and republish a capture that is not settled."""
        is_over = (
            s.payment is P.CLOSED and self.rules.broken is Broken.CLOSED_NOT_RECONCILED
        )
        if not is_over:
            yield "payment-svc polls Razorpay", self.reconcile(s)
        if s.payment is P.CAPTURED and not s.outcome:
            yield "the capture is republished", self.fire_payment(s, T.ACK_TIMEOUT)

    def payment_people(self, s: World) -> Iterator[Step]:
        """Decide a capture under review."""
        if s.payment is P.UNDER_REVIEW:
            accepted = self.fire_payment(s, T.REVIEW_ACCEPTED)
            yield "an admin accepts the capture", accepted
            refunded = self.fire_refund(s._replace(rejected=True), RT.REQUESTED)
            rejected = self.fire_payment(refunded, T.REVIEW_REJECTED)
            yield "an admin rejects the capture", rejected
