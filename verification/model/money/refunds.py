"""Refunds at payment-svc and at Razorpay in the money models."""

from collections.abc import Iterator

from payment_svc.models import PaymentState, RefundState, RefundTrigger
from verification.model.base import Model, Step, Violation
from verification.model.broken import Broken
from verification.model.money.state import (
    AUTOMATIC,
    BY_PEOPLE,
    CAPTURE,
    DIRECT,
    PROVIDER,
    REJECTED,
    STAFF,
    Bounds,
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

P, RT = PaymentState, RefundTrigger
UNSENT = (RefundState.REQUESTED, RefundState.SENT)
TAKEN = ("made", "pending")  # Razorpay lets nobody refund this money again
FOUND = {"made": RT.FOUND_PROCESSED, "pending": RT.FOUND_PENDING}
ENDED = {"made": RT.SEEN_PROCESSED, "failed": RT.SEEN_FAILED}
FAILED_ROW = RefundState.FAILED
LIMIT_OF_ONE = Broken.LIMIT_OF_EACH_PAYMENT


class Refunds(Model):
    """The refunds of the order's payments, whoever made them."""

    bounds: Bounds

    def fire_refund(
        self,
        s: World,
        key: Key,
        trigger: RefundTrigger,
        amount: int = 0,
        at: str | None = None,
        *,
        is_rest: bool = False,
        by_admin: bool = False,
    ) -> World:
        """Make the refund's transition, here and at Razorpay, and publish its event."""
        row = get(s.refunds, key)
        row = row or Refund(amount, None, is_rest=is_rest, by_admin=by_admin)
        state, transition = self.rules.fire("refund", row.state, trigger)
        if state is None:
            return s
        new = row._replace(state=state, at=row.at if at is None else at)
        s, event = s._replace(refunds=put(s.refunds, key, new)), transition.publishes
        is_published = event and key[1] != REJECTED
        return publish(s, (event, key, new.amount)) if is_published else s

    def refund_requested(
        self,
        s: World,
        key: Key,
        amount: int,
        is_rest: bool = False,
        by_admin: bool = False,
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
        is_limited = key[1] == STAFF and not by_admin
        if self.rules.broken is Broken.LIMIT_AT_ORDER_SVC_ALONE:
            is_limited = False
        is_above = is_limited and self.exceeds_limit(s, key[0], amount)
        trigger = RT.TOO_LARGE if amount > left or is_above else RT.REQUESTED
        return self.fire_refund(
            s, key, trigger, amount, is_rest=is_rest, by_admin=by_admin
        )

    def exceeds_limit(self, s: World, payment: str, amount: int) -> bool:
        """Return whether staff would refund more of the order than the limit."""
        broken, limit = self.rules.broken, self.bounds.limit
        rows = of(s.refunds, payment) if broken is LIMIT_OF_ONE else s.refunds
        counted = {*RefundState} - {RefundState.FAILED}
        if broken is Broken.LIMIT_COUNTS_PROCESSED:
            counted = {RefundState.PROCESSED}
        before = (
            row.amount
            for key, row in rows
            if key[1] in BY_PEOPLE and row.state in counted
        )
        return bool(limit) and sum(before) + amount > limit

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

    def _counts(self, row: Refund) -> bool:
        if self.rules.broken is Broken.SUM_OF_PROCESSED:
            return row.state is RefundState.PROCESSED
        all_count = self.rules.broken is Broken.SUM_COUNTS_FAILED
        return all_count or row.state is not RefundState.FAILED

    def _is_known(self, key: Key, row: Refund) -> bool:
        """Return whether payment-svc subtracts a refund from what is left."""
        is_ignored = self.rules.broken is Broken.ELSEWHERE_NOT_SUBTRACTED
        return row.state is not None and not (is_ignored and key[1] == PROVIDER)

    def find_refunds(self, s: World, payment: str) -> World:
        """Reconcile with all refunds that Razorpay has of a capture."""
        if state_of(s, payment) is not P.CAPTURED:
            return s
        for key, row in sorted(of(s.refunds, payment), key=rank):
            trigger = self._seen(row)
            s = self.fire_refund(s, key, trigger) if trigger else s
        return s

    def _seen(self, row: Refund) -> RefundTrigger | None:
        """Return what Razorpay's list of refunds shows of a refund, if it is new."""
        if row.state is RefundState.SENT:
            return RT.SEEN_PROCESSED if row.at == "made" else None
        if row.state is RefundState.PENDING:
            return ENDED.get(row.at)
        is_ignored = self.rules.broken is Broken.ELSEWHERE_NOT_FOUND
        if row.state is not None or is_ignored:
            return None
        counts = self.rules.broken is Broken.ELSEWHERE_COUNTS_PENDING
        return RT.FOUND_PROCESSED if counts else FOUND.get(row.at)

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
        counted = {RefundState.PROCESSED, RefundState.PENDING}
        counted |= set(UNSENT) if self._is_reducible(key, mine) else set()
        rows = (
            row
            for other, row in of(s.refunds, key[0])
            if other != key and other[1] != REJECTED and self._is_known(other, row)
        )
        return CAPTURE - sum(row.amount for row in rows if row.state in counted)

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

    def call(self, s: World, key: Key, at: str = "made") -> World:
        """Call Razorpay for a refund whose call has begun.

        Razorpay refuses more than is left when money was refunded there; the refund is
        then tried again.
        """
        row = get(s.refunds, key)
        is_begun = row is not None and row.state is RefundState.SENT
        if row is None or not is_begun or row.at or self.waits(s, key):
            return s
        others = [each for each in of(s.refunds, key[0]) if each[1].at in TAKEN]
        is_contested = any(other[1] == PROVIDER for other, _ in others)
        made = sum(each.amount for _, each in others)
        if is_contested and made + row.amount > CAPTURE:
            return s
        return s._replace(refunds=put(s.refunds, key, row._replace(at=at)))

    def refund_elsewhere(self, s: World, payment: str, amount: int) -> World | None:
        """Refund at Razorpay; return None when less is left there."""
        rows = list(of(s.refunds, payment))
        made = sum(row.amount for _, row in rows if row.at in TAKEN)
        if not s.elsewhere or made + amount > CAPTURE:
            return None
        n = 1 + sum(key[1] == PROVIDER for key, _ in rows)
        at = "pending" if self.bounds.pending else "made"
        found = put(s.refunds, (payment, PROVIDER, n), Refund(amount, None, at))
        return s._replace(refunds=found, elsewhere=s.elsewhere - 1)

    def direct(
        self, s: World, payment: str, amount: int, *, by_admin: bool = False
    ) -> World:
        """Start a refund at payment-svc."""
        n = 1 + sum(key[1] == DIRECT for key, _ in of(s.refunds, payment))
        is_rest = amount == self.left(s, payment)
        key = (payment, DIRECT, n)
        return self.fire_refund(
            s, key, RT.REQUESTED, amount, is_rest=is_rest, by_admin=by_admin
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
