"""payment-svc and Razorpay in the money models: captures, EXTRA rows, reviews."""

from collections.abc import Iterator

from payment_svc.models import (
    Event,
    PaymentState,
    PaymentTrigger,
    RefundState,
    RefundTrigger,
)
from verification.model.base import Step, Violation
from verification.model.broken import Broken
from verification.model.money.refunds import ENDED, FAILED_ROW, UNSENT, Refunds
from verification.model.money.state import (
    CAPTURE,
    DIRECT,
    NAMES,
    PROVIDER,
    REJECTED,
    UNREQUESTED,
    Key,
    World,
    get,
    of,
    publish,
    put,
    rank,
    state_of,
)

P, T, RT = PaymentState, PaymentTrigger, RefundTrigger
CAPTURED, PROCESSED, FAILED = (
    Event.CAPTURED,
    Event.REFUND_PROCESSED,
    Event.REFUND_FAILED,
)
WITH_CAPTURE = (P.CAPTURED, P.UNDER_REVIEW)


class Payments(Refunds):
    """The order's payments, with their refunds."""

    def fire_payment(self, s: World, payment: str, trigger: PaymentTrigger) -> World:
        """Make the table's transition; an EXTRA row publishes captures alone."""
        before = state_of(s, payment)
        state, transition = self.rules.fire("payment", before, trigger)
        if state is not before:
            first, second = s.payments
            states = (state, second) if payment == "a" else (first, state)
            s = s._replace(payments=states)
        event = transition.publishes
        is_published = event is CAPTURED or (event and payment == "a")
        return publish(s, (event, payment)) if is_published else s

    def reconcile(self, s: World) -> World:
        """Apply the captures that Razorpay returns; the second has a row of its own.

        A second capture does not change the first row.
        """
        s = self._free_first_row(s)
        for capture in s.captures:
            if state_of(s, "a") not in WITH_CAPTURE and capture == "b":
                break  # the refund of the first is still in progress
            if not self._is_held(s, capture):
                if capture == "b":
                    s = self.fire_payment(s, "a", T.SECOND_CAPTURE_SEEN)
                is_right = capture not in s.mismatched
                seen = T.CAPTURE_SEEN if is_right else T.MISMATCH_SEEN
                s = self.fire_payment(s, capture, seen)
        return s

    def _free_first_row(self, s: World) -> World:
        """Let the first row take the second capture when its own was fully refunded.

        From then on the second one is its capture, and the first one is dropped.
        """
        key = ("a", REJECTED, 1)
        sent = get(s.refunds, key)
        is_refunded = sent is not None and sent.state is RefundState.PROCESSED
        if not is_refunded or s.captures != "ab" or s.payments[1] is not None:
            return s
        mismatched = "a" if "b" in s.mismatched else ""
        rows = s.refunds - {(key, sent)}
        return s._replace(captures="a", mismatched=mismatched, refunds=rows)

    def _is_held(self, s: World, capture: str) -> bool:
        if capture == "b" and self.rules.broken is Broken.EXTRA_SAME_ROW:
            return True
        is_rejected = get(s.refunds, (capture, REJECTED, 1)) is not None
        return state_of(s, capture) in WITH_CAPTURE or (
            is_rejected and capture in s.mismatched
        )

    def settled(self, s: World, payment: str, outcome: str, key: Key | None) -> World:
        """Handle the outcome of a capture, and which direct refund it acknowledges."""
        if get(s.outcomes, payment) not in (None, outcome):
            raise Violation("one capture settled both ways")
        s = self.fire_payment(s, payment, T.SETTLED)
        s = s._replace(outcomes=put(s.outcomes, payment, outcome))
        if self.rules.broken is Broken.DIRECT_ACK_BY_ANY_SETTLED:
            keys = [each for each, _ in of(s.refunds, payment) if each[1] == DIRECT]
        else:
            keys = [key] if key else []
        for each in keys:
            s = self._acknowledge(s, each)
        return s

    def _acknowledge(self, s: World, key: Key) -> World:
        row = get(s.refunds, key)
        if row is None or row.is_acknowledged or row.state is not RefundState.PROCESSED:
            return s
        s = self.fire_refund(s, key, RT.ACKNOWLEDGED)
        return s._replace(
            refunds=put(s.refunds, key, row._replace(is_acknowledged=True))
        )

    def may_refund(self, s: World, payment: str) -> bool:
        """Return whether staff may refund; if not, the answer is `not_settled`."""
        if state_of(s, payment) is not P.CAPTURED:
            return False
        if self.rules.broken is Broken.DIRECT_BEFORE_SETTLED:
            return True
        has_failed = any(row.state is FAILED_ROW for _, row in of(s.refunds, payment))
        if self.rules.broken is Broken.DIRECT_ONLY_WHEN_KEPT:
            has_failed = False
        return get(s.outcomes, payment) == "kept" or has_failed

    def payment_work(self, s: World) -> Iterator[Step]:
        """Do the work that is due."""
        for key, row in sorted(s.refunds, key=rank):
            if row.state in UNSENT and not row.at:
                called = self.call(self.prepare(s, key), key)
                yield ("payment-svc queries and calls Razorpay for", key), called
            elif row.state is RefundState.SENT:
                is_made = row.at == "made"
                seen = RT.SEEN_PROCESSED if is_made else RT.SEEN_FAILED
                yield ("payment-svc records", key), self.fire_refund(s, key, seen)
            elif row.state is RefundState.PENDING and row.at in ENDED:
                ended = self.fire_refund(s, key, ENDED[row.at])
                yield ("payment-svc records", key), ended

    def payment_retries(self, s: World) -> Iterator[Step]:
        """Poll Razorpay; republish captures and direct refunds."""
        found = self.reconcile(s)
        for payment in NAMES:
            found = self.find_refunds(found, payment)
        yield "payment-svc polls Razorpay", found
        for payment in NAMES:
            is_taken = state_of(s, payment) is P.CAPTURED
            if is_taken and get(s.outcomes, payment) is None:
                again = self.fire_payment(s, payment, T.ACK_TIMEOUT)
                yield ("republished: capture", payment), again
        for key, row in sorted(s.refunds, key=rank):
            is_made = row.state is RefundState.PROCESSED
            is_once = self.rules.broken is Broken.ELSEWHERE_PUBLISHED_ONCE
            is_open = key[1] in UNREQUESTED and not row.is_acknowledged
            if is_open and is_made and not (is_once and key[1] == PROVIDER):
                again = self.fire_refund(s, key, RT.ACK_TIMEOUT)
                yield ("republished:", key), again

    def dispute(self, s: World, payment: str) -> World:
        """Raise a dispute about a payment; it is published to order-svc."""
        left, disputed = s.disputes - 1, s.disputed + payment
        return publish(
            s._replace(disputes=left, disputed=disputed), (Event.DISPUTED, payment)
        )

    def payment_people(self, s: World) -> Iterator[Step]:
        """Decide captures under review."""
        for payment in NAMES:
            if state_of(s, payment) is P.UNDER_REVIEW:
                accepted = self.fire_payment(s, payment, T.REVIEW_ACCEPTED)
                yield ("an admin accepts", payment), accepted
                key = (payment, REJECTED, 1)
                refunded = self.fire_refund(s, key, RT.REQUESTED, CAPTURE)
                rejected = self.fire_payment(refunded, payment, T.REVIEW_REJECTED)
                yield ("an admin rejects", payment), rejected
