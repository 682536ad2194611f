"""payment-svc and Razorpay in the money models: captures, EXTRA rows, refunds."""

from collections.abc import Iterator

from payment_svc.models import Event, Move, PaymentState, PaymentTrigger, RefundState
from payment_svc.models import RefundTrigger as Told
from verification.model.base import Model, Step, Violation
from verification.model.broken import Broken
from verification.model.money.state import (
    CAPTURE,
    NAMES,
    Key,
    Sent,
    World,
    get,
    of,
    publish,
    put,
    rank,
    state_of,
)

P, T = PaymentState, PaymentTrigger
CAPTURED, PROCESSED, FAILED = (
    Event.CAPTURED,
    Event.REFUND_PROCESSED,
    Event.REFUND_FAILED,
)
TAKEN = (P.CAPTURED, P.SUSPECT)
SUSPECT = "suspect"  # the reason of a refund after review, which publishes no event


class Payments(Model):
    """The order's payments and their refunds."""

    def move_payment(self, s: World, payment: str, trigger: PaymentTrigger) -> World:
        """Make the table's transition; an EXTRA row publishes captures alone."""
        move = self.rules.payment(state_of(s, payment), trigger)
        if move is None:
            return s
        place = NAMES.index(payment)
        states = (*s.payments[:place], move.to, *s.payments[place + 1 :])
        s = s._replace(payments=states)
        is_published = move.says is CAPTURED or (move.says and payment == "a")
        return publish(s, (move.says, payment)) if is_published else s

    def reconcile(self, s: World) -> World:
        """Apply the captures that Razorpay returns; the second has a row of its own.

        A second capture does not change the first row.
        """
        s = self._free_first_row(s)
        for capture in s.captures:
            if state_of(s, "a") not in TAKEN and capture == "b":
                break  # the refund of the first is still in progress
            if not self._is_held(s, capture):
                if capture == "b":
                    s = self.move_payment(s, "a", T.SECOND_SEEN)
                is_right = capture not in s.wrong
                seen = T.CAPTURE_SEEN if is_right else T.MISMATCH_SEEN
                s = self.move_payment(s, capture, seen)
        return s

    def _free_first_row(self, s: World) -> World:
        """Let the first row take the second capture when its own was fully refunded.

        From then on the second one is its capture, and the first one is dropped.
        """
        key = ("a", SUSPECT, 1)
        sent = get(s.sent, key)
        is_back = sent is not None and sent.state is RefundState.PROCESSED
        if not is_back or s.captures != "ab" or s.payments[1] is not None:
            return s
        wrong = "a" if "b" in s.wrong else ""
        rows = s.sent - {(key, sent)}
        return s._replace(captures="a", wrong=wrong, sent=rows)

    def _is_held(self, s: World, capture: str) -> bool:
        if capture == "b" and self.rules.broken is Broken.EXTRA_SAME_ROW:
            return True
        is_spent = get(s.sent, (capture, SUSPECT, 1)) is not None
        return state_of(s, capture) in TAKEN or (is_spent and capture in s.wrong)

    def settled(self, s: World, payment: str, outcome: str, key: Key | None) -> World:
        """Handle the outcome of a capture, and which direct refund it acknowledges."""
        if get(s.outcomes, payment) not in (None, outcome):
            raise Violation("one capture settled both ways")
        s = self.move_payment(s, payment, T.SETTLED)
        s = s._replace(outcomes=put(s.outcomes, payment, outcome))
        if self.rules.broken is Broken.DIRECT_ACK_BY_ANY_SETTLED:
            named = [known for known, _ in of(s.sent, payment) if known[1] == "direct"]
        else:
            named = [key] if key else []
        for one in named:
            s = self._name(s, one)
        return s

    def _name(self, s: World, key: Key) -> World:
        row = get(s.sent, key)
        if row is None or row.is_named or row.state is not RefundState.PROCESSED:
            return s
        s = self.move_refund(s, key, Told.ACKNOWLEDGED)
        return s._replace(sent=put(s.sent, key, row._replace(is_named=True)))

    def move_refund(
        self, s: World, key: Key, trigger: Told, amount: int = 0, at: str | None = None
    ) -> World:
        """Make the refund's transition, here and at Razorpay, and publish its event."""
        row = get(s.sent, key) or Sent(amount, None)
        move: Move[RefundState] | None = self.rules.refund(row.state, trigger)
        if move is None:
            return s
        new = row._replace(state=move.to, at=row.at if at is None else at)
        s = s._replace(sent=put(s.sent, key, new)) if move.to else s
        is_published = move.says and key[1] != SUSPECT
        return publish(s, (move.says, key, new.amount)) if is_published else s

    def refund_requested(self, s: World, key: Key, amount: int) -> World:
        """Refund once for each key; an amount above the rest is refused permanently."""
        row = get(s.sent, key)
        is_again = self.rules.broken is Broken.REFUSED_REFUND_NOT_FINAL
        if row is not None and is_again and row.at == "" and row.state is FAILED_ROW:
            s, row = s._replace(sent=s.sent - {(key, row)}), None
        if row is not None:
            return self.move_refund(s, key, Told.ASKED)
        fits = amount <= self.left(s, key[0])
        return self.move_refund(s, key, Told.ASKED if fits else Told.TOO_MUCH, amount)

    def left(self, s: World, payment: str) -> int:
        """Return how much of a capture is neither refunded nor being refunded."""
        if state_of(s, payment) is not P.CAPTURED:
            return 0
        rows = (row for key, row in of(s.sent, payment) if key[1] != SUSPECT)
        return CAPTURE - sum(row.amount for row in rows if self._counts(row))

    def _counts(self, row: Sent) -> bool:
        if self.rules.broken is Broken.SUM_OF_PROCESSED:
            return row.state is RefundState.PROCESSED
        all_count = self.rules.broken is Broken.SUM_COUNTS_FAILED
        return all_count or row.state is not RefundState.FAILED

    def may_refund(self, s: World, payment: str) -> bool:
        """Return whether staff may refund; if not, the answer is `not_settled`."""
        if state_of(s, payment) is not P.CAPTURED:
            return False
        if self.rules.broken is Broken.DIRECT_BEFORE_SETTLED:
            return True
        has_failed = any(row.state is FAILED_ROW for _, row in of(s.sent, payment))
        if self.rules.broken is Broken.DIRECT_ONLY_WHEN_KEPT:
            has_failed = False
        return get(s.outcomes, payment) == "kept" or has_failed

    def direct(self, s: World, payment: str, amount: int) -> World:
        """Start a refund at payment-svc."""
        n = 1 + sum(key[1] == "direct" for key, _ in of(s.sent, payment))
        return self.move_refund(s, (payment, "direct", n), Told.ASKED, amount)

    def payment_work(self, s: World) -> Iterator[Step]:
        """Do the work that is due."""
        for key, row in sorted(s.sent, key=rank):
            if row.state is RefundState.REQUESTED:
                sent = self.move_refund(s, key, Told.CALLED, at="made")
                yield ("Razorpay makes the refund", key), sent
            elif row.state is RefundState.SENT:
                is_made = row.at == "made"
                seen = Told.SEEN_PROCESSED if is_made else Told.SEEN_FAILED
                yield ("payment-svc records", key), self.move_refund(s, key, seen)

    def payment_clocks(self, s: World) -> Iterator[Step]:
        """Poll Razorpay; republish captures and direct refunds."""
        yield "payment-svc polls Razorpay", self.reconcile(s)
        for payment in NAMES:
            is_taken = state_of(s, payment) is P.CAPTURED
            if is_taken and get(s.outcomes, payment) is None:
                again = self.move_payment(s, payment, T.UNHEARD)
                yield ("republished: capture", payment), again
        for key, row in sorted(s.sent, key=rank):
            is_made = row.state is RefundState.PROCESSED
            if key[1] == "direct" and is_made and not row.is_named:
                again = self.move_refund(s, key, Told.UNHEARD)
                yield ("republished:", key), again

    def payment_people(self, s: World) -> Iterator[Step]:
        """Decide captures under review."""
        for payment in NAMES:
            if state_of(s, payment) is P.SUSPECT:
                accepted = self.move_payment(s, payment, T.ACCEPTED)
                yield ("an admin accepts", payment), accepted
                key = (payment, SUSPECT, 1)
                back = self.move_refund(s, key, Told.ASKED, CAPTURE)
                turned = self.move_payment(back, payment, T.TURNED_BACK)
                yield ("an admin rejects", payment), turned


FAILED_ROW = RefundState.FAILED
