"""order-svc in the money models: its table's transitions and their effects."""

from collections.abc import Iterator

from chassis.state_machine import Kind, Transition
from order_svc.managers.effects import COMPENSATIONS, REFUNDS
from order_svc.models import DECIDED, Effect, OrderState, OrderTrigger
from order_svc.models import RefundState as Answered
from product_svc.models import ReservationTrigger
from verification.model.base import Model, Step
from verification.model.broken import Broken
from verification.model.money.state import (
    AUTOMATIC,
    BY_PEOPLE,
    CAPTURE,
    REFUND,
    SETTLED,
    STAFF,
    UNITS,
    UNREQUESTED,
    Bounds,
    Key,
    RefundRequest,
    World,
    get,
    of,
    publish,
    put,
)

E, S = OrderTrigger, ReservationTrigger


class Orders(Model):
    """An order's captures and refunds."""

    bounds: Bounds

    def fire_order(
        self, s: World, trigger: OrderTrigger, payment: str = ""
    ) -> tuple[World, Transition]:
        """Make the table's transition; the caller stores refunds that staff request."""
        payment = payment or s.own
        order, transition = self.rules.fire("order", s.order, trigger)
        s = s._replace(order=order) if order is not s.order else s
        for effect in transition.effects:
            s = self._effect(Effect(effect), s, payment)
        is_settled = transition.publishes is SETTLED
        return self.settle(s, payment) if is_settled else s, transition

    def _effect(self, effect: Effect, s: World, payment: str) -> World:
        if effect is Effect.TAKE_PAYMENT:
            return s._replace(own=payment)
        if effect in REFUNDS:
            return self.request_refund(s, (payment, AUTOMATIC, 1), CAPTURE)
        if effect in COMPENSATIONS:
            return self.fire_stock(s, ReservationTrigger(COMPENSATIONS[effect]))
        return s

    def fire_stock(self, s: World, trigger: ReservationTrigger) -> World:
        """Change the reservation; lost compensations belong to the checkout model."""
        return s._replace(stock=self.rules.fire("reservation", s.stock, trigger)[0])

    def request_refund(
        self,
        s: World,
        key: Key,
        amount: int,
        *,
        is_rest: bool = False,
        by_admin: bool = False,
    ) -> World:
        """Store a refund's row and request the refund, in the same transaction."""
        row = RefundRequest(amount, is_rest=is_rest, by_admin=by_admin)
        return publish(
            s._replace(requests=put(s.requests, key, row)),
            (REFUND, key, amount, is_rest, by_admin),
        )

    def settle(self, s: World, payment: str, key: Key | None = None) -> World:
        """Publish the outcome of a capture: kept, unless the saga has refunded it."""
        if self.rules.broken is Broken.NO_SETTLED:
            return s
        is_refunded = get(s.requests, (payment, AUTOMATIC, 1)) is not None
        outcome = "refund" if is_refunded else "kept"
        return publish(s, (SETTLED, payment, outcome, key))

    def captured(self, s: World, payment: str) -> World:
        """Handle a capture: the order's own, or an EXTRA one."""
        is_refunded = get(s.requests, (payment, AUTOMATIC, 1)) is not None
        is_extra = s.own not in ("", payment) and not is_refunded
        trigger = E.EXTRA_CAPTURED if is_extra else E.CAPTURED
        return self.fire_order(s, trigger, payment)[0]

    def under_review(self, s: World, _payment: str) -> World:
        """Record that the own payment is under review."""
        return self.fire_order(s, E.UNDER_REVIEW)[0]

    def recorded(self, s: World, payment: str) -> int:
        """Return how much of a payment order-svc has recorded as refunded."""
        rows = (row for _, row in of(s.requests, payment))
        return sum(row.amount for row in rows if row.state is Answered.PROCESSED)

    def rest(self, s: World) -> int:
        """Return how much of the own payment is neither refunded nor requested."""
        broken = self.rules.broken is Broken.REST_IGNORES_REQUESTED
        counted = {Answered.PROCESSED} if broken else set(Answered) - {Answered.FAILED}
        rows = (row for _, row in of(s.requests, s.own))
        return max(0, CAPTURE - sum(row.amount for row in rows if row.state in counted))

    def processed(self, s: World, key: Key, amount: int) -> World:
        """Record a processed refund once; acknowledge one that was not requested."""
        is_last = self._completes(s, key, amount)
        trigger = E.REFUND_COMPLETED if is_last else E.REFUND_PROCESSED
        s = self.fire_order(s, trigger, key[0])[0]
        row = get(s.requests, key)
        if self.rules.broken is Broken.RECORD_NOT_UNIQUE and row:
            amount += row.amount if row.state is Answered.PROCESSED else 0
        s = s._replace(
            requests=put(s.requests, key, RefundRequest(amount, Answered.PROCESSED))
        )
        acknowledges = self.rules.broken is not Broken.DIRECT_NOT_ACKNOWLEDGED
        if key[1] in UNREQUESTED and acknowledges and self._is_settled(s, key):
            return self.settle(s, key[0], key)
        return s

    def _is_settled(self, s: World, key: Key) -> bool:
        """Return whether the outcome of a refund's capture is decided."""
        is_refunded = get(s.requests, (key[0], AUTOMATIC, 1)) is not None
        return s.order in DECIDED and (key[0] == s.own or is_refunded)

    def _completes(self, s: World, key: Key, amount: int) -> bool:
        broken, row = self.rules.broken, get(s.requests, key)
        if broken is Broken.ANY_REFUND_ENDS_ORDER:
            return True
        ours = "ab" if broken is Broken.EXTRA_REFUND_ENDS_ORDER else s.own
        if not s.own or key[0] not in ours:
            return False
        before = sum(self.recorded(s, payment) for payment in ours)
        is_known = row is not None and row.state is Answered.PROCESSED
        return before + (0 if is_known else amount) >= CAPTURE

    def failed(self, s: World, key: Key, amount: int) -> World:
        """Record a failed refund; a processed one stays processed."""
        s = self.fire_order(s, E.REFUND_FAILED, key[0])[0]
        row = get(s.requests, key) or RefundRequest(amount)
        if row.state is Answered.PROCESSED:
            return s
        return s._replace(
            requests=put(s.requests, key, RefundRequest(row.amount, Answered.FAILED))
        )

    def staff_refund(
        self, s: World, amount: int, units: int = 0, *, by_admin: bool = False
    ) -> World:
        """Refund money and restock goods at the request of staff, or refuse."""
        if not s.own:
            return self.fire_order(s, E.STAFF_REFUND)[0]
        if not 0 < amount <= self.rest(s) or not self._may_restock(s, units):
            return s
        if not by_admin and self._is_above_limit(s, amount):
            return s
        is_rest = amount == self.rest(s)
        s, transition = self.fire_order(
            s, E.STAFF_REFUND_REST if is_rest else E.STAFF_REFUND
        )
        is_moved = transition.kind is Kind.MOVE
        return self._posted(s, amount, units, by_admin=by_admin) if is_moved else s

    def _is_above_limit(self, s: World, amount: int) -> bool:
        """Return whether known refunds by staff, and this one, exceed the limit.

        order-svc knows a refund that was requested at payment-svc once it is processed.
        """
        known = (row for key, row in s.requests if key[1] in BY_PEOPLE)
        before = sum(row.amount for row in known if row.state is not Answered.FAILED)
        return bool(self.bounds.limit) and before + amount > self.bounds.limit

    def _posted(self, s: World, amount: int, units: int, *, by_admin: bool) -> World:
        broken, rest = self.rules.broken, self.rest(s)
        rows = [(key[2], row) for key, row in of(s.requests, s.own) if key[1] == STAFF]
        if broken is Broken.RETRY_SAME_NUMBER:
            rows = [(n, row) for n, row in rows if row.state is not Answered.FAILED]
        n = 1 + max((n for n, _ in rows), default=0)
        if broken is Broken.STAFF_REFUND_CHANGES_OUTCOME:
            s = publish(s, (SETTLED, s.own, "refund", None))
        if units:
            s = s._replace(commands=put(s.commands, n, (units, "")))
        key, is_rest = (s.own, STAFF, n), amount == rest
        return self.request_refund(s, key, amount, is_rest=is_rest, by_admin=by_admin)

    def _may_restock(self, s: World, units: int) -> bool:
        if not units or self.rules.broken in UNGUARDED:
            return True
        was_sold = get(s.requests, (s.own, AUTOMATIC, 1)) is None
        restocked = sum(
            known for _, (known, answer) in s.commands if answer != "refused"
        )
        return was_sold and restocked + units <= UNITS

    def disputed(self, s: World, payment: str) -> World:
        """Record a dispute, which changes no state.

        In the model staff do not wait for it here: payment-svc holds their refunds.
        """
        return self.fire_order(s, E.DISPUTED, payment)[0]

    def commit(self, s: World) -> World:
        """Commit the stock."""
        return self.fire_order(self.fire_stock(s, S.COMMIT), E.COMMITTED)[0]

    def lose_stock(self, s: World) -> World:
        """Refuse the commit: the reservation expired and a rival took the stock."""
        over = self.fire_stock(s, S.EXPIRE)
        return self.fire_order(self.fire_stock(over, S.REFUSE), E.COMMIT_REFUSED)[0]

    def order_retries(self, s: World) -> Iterator[Step]:
        """Request each unanswered refund again, in any state."""
        if self.rules.broken is Broken.REFUND_NOT_REQUESTED_AGAIN:
            return
        only_pending = self.rules.broken is Broken.REFUND_REQUESTED_AGAIN_ONLY_PENDING
        if only_pending and s.order is not OrderState.REFUND_PENDING:
            return
        for key, row in sorted(s.requests):
            if row.state is Answered.REQUESTED:
                again = (REFUND, key, row.amount, row.is_rest, row.by_admin)
                yield ("requested again:", key), publish(s, again)


# Either mutation removes both guards of `_may_restock`.
UNGUARDED = (Broken.RESTOCK_UNCHECKED, Broken.RESTOCK_NOT_REFUSED)
