"""payment-svc and Razorpay: the link, its capture, its refund."""

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
    say,
)

P, T = PaymentState, PaymentTrigger
COMMANDS = {REQUESTED: T.REQUESTED, CLOSE: T.CLOSE_REQUESTED}
OUTCOMES = {KEPT: "kept", RETURNED: "refund"}
TAKEN = (P.CAPTURED, P.SUSPECT)


class Payments(Model):
    """A payment's row, and the look at Razorpay that moves it."""

    def move_payment(self, s: World, trigger: PaymentTrigger) -> World:
        """Make the table's move, and say what it says."""
        move = self.rules.payment(s.payment, trigger)
        if move is None:
            return s
        if trigger is T.LINK_MADE:
            s = s._replace(knows_link=True)
        s = s._replace(payment=move.to)
        return say(s, move.says) if move.says else s

    def obey(self, s: World, message: str) -> World:
        """Take one of order-svc's messages."""
        if message in COMMANDS:
            return self.move_payment(s, COMMANDS[message])
        if message == REFUND:
            return self.move_refund(s, Told.ASKED)
        return self.move_payment(s, T.SETTLED)._replace(outcome=OUTCOMES[message])

    def look(self, s: World) -> World:
        """Believe what Razorpay shows now: webhook, callback, poll and sync alike."""
        if s.payment is None:
            return s
        if s.link != "none" and not s.knows_link:
            s = self.move_payment(s, T.LINK_MADE)
        if s.money != "none":
            return self._capture(s)
        if s.link == "dead" or (s.link == "none" and s.payment is P.CLOSING):
            return self.move_payment(s, T.LINK_OVER)
        if s.link == "live" and s.payment is P.CLOSED:
            return s._replace(link="dead")  # an orphan is cancelled
        return s

    def _capture(self, s: World) -> World:
        is_known = s.spent and self.rules.broken is not Broken.RESOLVED_EVIDENCE_COUNTS
        if is_known or s.payment in TAKEN:
            return s
        is_right = s.money == "right"
        return self.move_payment(s, T.CAPTURE_SEEN if is_right else T.MISMATCH_SEEN)

    def create(self, s: World) -> World:
        """Make the link at Razorpay: one for each reference, however often asked."""
        if self.rules.broken is Broken.NO_REFERENCE_ID:
            s = s._replace(links=s.links + 1)
        return s._replace(link="live", links=max(1, s.links)) if s.link == "none" else s

    def close(self, s: World) -> World:
        """Cancel the link at Razorpay, unless it is paid."""
        return s._replace(link="dead") if s.link == "live" else s

    def move_refund(self, s: World, trigger: Told) -> World:
        """Make the refund's move; a suspect capture's refund is not told of."""
        move = self.rules.refund(s.refund, trigger)
        if move is None:
            return s
        s = s._replace(refund=move.to)
        return say(s, move.says) if move.says and not s.spent else s

    def send_back(self, s: World) -> World:
        """Refund at Razorpay: once for each key, however often asked."""
        is_new = self.rules.broken is Broken.REFUND_NEW_KEY or not s.refunds
        return s._replace(refunds=s.refunds + is_new)

    def payment_work(self, s: World) -> Iterator[Step]:
        """Do what is due at once."""
        if s.payment is P.CREATED:
            made = self.move_payment(self.create(s), T.LINK_MADE)
            yield "payment-svc makes the link", made
        if s.payment is P.CLOSING:
            yield "payment-svc closes the link", self.look(self.close(s))
        if s.refund is Refund.REQUESTED:
            yield "payment-svc begins the refund", self.move_refund(s, Told.CALLED)
        if s.refund is Refund.SENT:
            done = self.move_refund(self.send_back(s), Told.SEEN_PROCESSED)
            yield "payment-svc sends the money back", done

    def payment_clocks(self, s: World) -> Iterator[Step]:
        """Look at Razorpay, and announce what is not settled."""
        is_over = s.payment is P.CLOSED and self.rules.broken is Broken.NO_ORPHAN_LOOKUP
        if not is_over:
            yield "payment-svc looks at Razorpay", self.look(s)
        if s.payment is P.CAPTURED and not s.outcome:
            yield "the capture is announced again", self.move_payment(s, T.UNHEARD)

    def payment_people(self, s: World) -> Iterator[Step]:
        """Decide a suspect capture."""
        if s.payment is P.SUSPECT:
            yield "an admin accepts the capture", self.move_payment(s, T.ACCEPTED)
            back = self.move_refund(s._replace(spent=True), Told.ASKED)
            yield "an admin sends it back", self.move_payment(back, T.TURNED_BACK)
