"""payment-svc and Razorpay in the money models: captures, EXTRA rows, refunds."""

from collections.abc import Iterator

from payment_svc.models import (
    Event,
    PaymentState,
    PaymentTrigger,
    RefundState,
    RefundTrigger,
)
from verification.model.base import Model, Step, Violation
from verification.model.broken import Broken
from verification.model.money.state import (
    CAPTURE,
    NAMES,
    Key,
    Refund,
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
REJECTED = "rejected"  # the reason of a refund after review, which has no event
AUTOMATIC, DIRECT, PROVIDER = "automatic", "direct", "provider"
UNREQUESTED = (DIRECT, PROVIDER)  # published until order-svc acknowledges them
UNSENT = (RefundState.REQUESTED, RefundState.SENT)


class Payments(Model):
    """The order's payments and their refunds."""

    def fire_payment(self, s: World, payment: str, trigger: PaymentTrigger) -> World:
        """Make the table's transition; an EXTRA row publishes captures alone."""
        before = state_of(s, payment)
        state, transition = self.rules.fire("payment", before, trigger)
        first, second = s.payments
        states = (state, second) if payment == "a" else (first, state)
        s, event = s._replace(payments=states), transition.publishes
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

    def fire_refund(
        self,
        s: World,
        key: Key,
        trigger: RefundTrigger,
        amount: int = 0,
        at: str | None = None,
        *,
        is_rest: bool = False,
    ) -> World:
        """Make the refund's transition, here and at Razorpay, and publish its event."""
        row = get(s.refunds, key) or Refund(amount, None, is_rest=is_rest)
        state, transition = self.rules.fire("refund", row.state, trigger)
        if state is None:
            return s
        new = row._replace(state=state, at=row.at if at is None else at)
        s, event = s._replace(refunds=put(s.refunds, key, new)), transition.publishes
        is_published = event and key[1] != REJECTED
        return publish(s, (event, key, new.amount)) if is_published else s

    def refund_requested(
        self, s: World, key: Key, amount: int, is_rest: bool = False
    ) -> World:
        """Refund once for each key; an amount above the rest is refused permanently.

        An automatic refund, and one of the rest, is reduced to what is left.
        """
        row = get(s.refunds, key)
        is_again = self.rules.broken is Broken.REFUSED_REFUND_NOT_FINAL
        if row is not None and is_again and row.at == "" and row.state is FAILED_ROW:
            s, row = s._replace(refunds=s.refunds - {(key, row)}), None
        if row is not None:
            return self.fire_refund(s, key, RT.REQUESTED)
        left = self.left(s, key[0])
        if left > 0 and (is_rest or key[1] == AUTOMATIC):
            amount = min(amount, left)
        trigger = RT.REQUESTED if amount <= left else RT.TOO_LARGE
        return self.fire_refund(s, key, trigger, amount, is_rest=is_rest)

    def left(self, s: World, payment: str) -> int:
        """Return how much of a capture is neither refunded nor being refunded."""
        if state_of(s, payment) is not P.CAPTURED:
            return 0
        rows = (
            row
            for key, row in of(s.refunds, payment)
            if key[1] != REJECTED and self._is_known(key, row)
        )
        return max(0, CAPTURE - sum(row.amount for row in rows if self._counts(row)))

    def _is_known(self, key: Key, row: Refund) -> bool:
        """Return whether payment-svc subtracts a refund from what is left."""
        is_ignored = self.rules.broken is Broken.ELSEWHERE_NOT_SUBTRACTED
        return row.state is not None and not (is_ignored and key[1] == PROVIDER)

    def find_refunds(self, s: World, payment: str) -> World:
        """Reconcile with all refunds that Razorpay has of a capture."""
        if state_of(s, payment) is not P.CAPTURED:
            return s
        for key, row in sorted(of(s.refunds, payment), key=rank):
            if row.state is None:
                if self.rules.broken is not Broken.ELSEWHERE_NOT_FOUND:
                    s = self.fire_refund(s, key, RT.FOUND_PROCESSED)
            elif row.state is RefundState.SENT and row.at == "made":
                s = self.fire_refund(s, key, RT.SEEN_PROCESSED)
        return s

    def prepare(self, s: World, key: Key) -> World:
        """Find what was refunded, fit the refund to what is left, begin the call."""
        s = self.find_refunds(s, key[0])
        row, left = get(s.refunds, key), self._left_for(s, key)
        if row is None or row.state not in UNSENT:
            return s
        if row.amount > left:
            if left <= 0 or not self._is_reducible(key, row):
                was_sent = row.state is RefundState.SENT
                return self.fire_refund(
                    s, key, RT.REFUSED if was_sent else RT.TOO_LARGE
                )
            s = s._replace(refunds=put(s.refunds, key, row._replace(amount=left)))
            s = self.fire_refund(s, key, RT.REDUCED)
        return self.send(s, key)

    def _is_reducible(self, key: Key, row: Refund) -> bool:
        if self.rules.broken is Broken.REST_NOT_REDUCED:
            return False
        return row.is_rest or key[1] in (AUTOMATIC, REJECTED)

    def _left_for(self, s: World, key: Key) -> int:
        """Return what is left of the capture for one refund."""
        mine = get(s.refunds, key)
        is_unchecked = self.rules.broken is Broken.SUM_OF_PROCESSED
        if key[1] == REJECTED or mine is None or is_unchecked:
            return CAPTURE
        counted = {RefundState.PROCESSED}
        counted |= set(UNSENT) if self._is_reducible(key, mine) else set()
        rows = (
            row
            for other, row in of(s.refunds, key[0])
            if other != key and other[1] != REJECTED and self._is_known(other, row)
        )
        return CAPTURE - sum(row.amount for row in rows if row.state in counted)

    def call(self, s: World, key: Key, at: str = "made") -> World:
        """Call Razorpay for a refund whose call has begun.

        Razorpay refuses more than is left when money was refunded there; the refund is
        then tried again.
        """
        row = get(s.refunds, key)
        is_begun = row is not None and row.state is RefundState.SENT
        if row is None or not is_begun or row.at or self.waits(s, key):
            return s
        others = [each for each in of(s.refunds, key[0]) if each[1].at == "made"]
        is_contested = any(other[1] == PROVIDER for other, _ in others)
        made = sum(each.amount for _, each in others)
        if is_contested and made + row.amount > CAPTURE:
            return s
        return s._replace(refunds=put(s.refunds, key, row._replace(at=at)))

    def refund_elsewhere(self, s: World, payment: str, amount: int) -> World | None:
        """Refund at Razorpay; return None when less is left there."""
        rows = list(of(s.refunds, payment))
        made = sum(row.amount for _, row in rows if row.at == "made")
        if not s.elsewhere or made + amount > CAPTURE:
            return None
        n = 1 + sum(key[1] == PROVIDER for key, _ in rows)
        found = put(s.refunds, (payment, PROVIDER, n), Refund(amount, None, "made"))
        return s._replace(refunds=found, elsewhere=s.elsewhere - 1)

    def _counts(self, row: Refund) -> bool:
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
        has_failed = any(row.state is FAILED_ROW for _, row in of(s.refunds, payment))
        if self.rules.broken is Broken.DIRECT_ONLY_WHEN_KEPT:
            has_failed = False
        return get(s.outcomes, payment) == "kept" or has_failed

    def direct(self, s: World, payment: str, amount: int) -> World:
        """Start a refund at payment-svc."""
        n = 1 + sum(key[1] == "direct" for key, _ in of(s.refunds, payment))
        is_rest = amount == self.left(s, payment)
        key = (payment, DIRECT, n)
        return self.fire_refund(s, key, RT.REQUESTED, amount, is_rest=is_rest)

    def send(self, s: World, key: Key) -> World:
        """Begin a refund's call, unless its payment is disputed."""
        if not self.waits(s, key):
            return self.fire_refund(s, key, RT.SENT)
        if self.rules.broken is Broken.REFUND_DURING_DISPUTE:
            raise Violation("a refund is sent during a dispute")
        return self.fire_refund(s, key, RT.DISPUTE_OPEN)

    def waits(self, s: World, key: Key) -> bool:
        """Return whether a refund waits until a dispute ends or an admin decides."""
        row = get(s.refunds, key)
        is_overridden = row is not None and row.despite_dispute
        return key[0] in s.disputed and not is_overridden

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

    def waiting_refunds(self, s: World) -> Iterator[Step]:
        """Let an admin send each refund that waits for a dispute."""
        for key, row in sorted(s.refunds, key=rank):
            waits = row.state is RefundState.REQUESTED and key[0] in s.disputed
            if waits and not row.despite_dispute:
                after = self.fire_refund(s, key, RT.DISPUTE_OVERRIDDEN)
                new = row._replace(despite_dispute=True)
                after = after._replace(refunds=put(after.refunds, key, new))
                yield ("an admin refunds despite the dispute:", key), after

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


FAILED_ROW = RefundState.FAILED
