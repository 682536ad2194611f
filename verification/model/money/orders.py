"""order-svc in the money models: its table's transitions and their effects."""

from collections.abc import Iterator

from order_svc.models import DECIDED, Cell, Effect, Kind, OrderEvent, OrderState
from order_svc.models import RefundState as Answered
from product_svc.models import Trigger
from product_svc.models.reservations import Answer
from verification.model.base import Model, Step
from verification.model.broken import Broken
from verification.model.money.state import (
    CAPTURE,
    REFUND,
    SETTLED,
    UNITS,
    Asked,
    Key,
    World,
    get,
    of,
    publish,
    put,
)

E = OrderEvent
AUTOMATIC, STAFF, DIRECT = "automatic", "staff", "direct"


class Orders(Model):
    """An order's captures and refunds."""

    def tell(
        self, s: World, event: OrderEvent, payment: str = ""
    ) -> tuple[World, Cell]:
        """Apply an event to the order; the caller stores the refunds."""
        cell = self.rules.order(s.order, event)
        if cell.kind is Kind.MOVE:
            s = s._replace(order=cell.to or s.order)
            for effect in cell.effects:
                s = self._effect(effect, s, payment or s.own)
        return s, cell

    def _effect(self, effect: Effect, s: World, payment: str) -> World:
        if effect is Effect.TAKE_PAYMENT:
            return s._replace(own=payment)
        if effect is Effect.SETTLE:
            return self.settle(s, payment)
        if effect is Effect.REFUND:
            s = self.request_refund(s, (payment, AUTOMATIC, 1), CAPTURE)
            return self.settle(s, payment)
        if effect in (Effect.RELEASE, Effect.RELEASE_FINAL):
            is_final = effect is Effect.RELEASE_FINAL
            return self.move_stock(
                s, Trigger.RELEASE_FINAL if is_final else Trigger.RELEASE
            )
        return s

    def move_stock(self, s: World, trigger: Trigger) -> World:
        """Move the reservation; compensations belong to the checkout model."""
        cell = self.rules.stock(s.stock, trigger)
        return s if isinstance(cell, Answer) else s._replace(stock=cell.to)

    def request_refund(self, s: World, key: Key, amount: int) -> World:
        """Store a refund's row and request the refund, in the same transaction."""
        return publish(
            s._replace(asked=put(s.asked, key, Asked(amount))), (REFUND, key, amount)
        )

    def settle(self, s: World, payment: str, key: Key | None = None) -> World:
        """Publish the outcome of a capture: kept, unless the saga has refunded it."""
        if self.rules.broken is Broken.NO_SETTLED:
            return s
        is_returned = get(s.asked, (payment, AUTOMATIC, 1)) is not None
        outcome = "refund" if is_returned else "kept"
        return publish(s, (SETTLED, payment, outcome, key))

    def captured(self, s: World, payment: str) -> World:
        """Handle a capture: the order's own, or an EXTRA one."""
        is_returned = get(s.asked, (payment, AUTOMATIC, 1)) is not None
        is_extra = s.own not in ("", payment) and not is_returned
        return self.tell(s, E.EXTRA_CAPTURED if is_extra else E.CAPTURED, payment)[0]

    def recorded(self, s: World, payment: str) -> int:
        """Return how much of a payment order-svc has recorded as refunded."""
        rows = (row for _, row in of(s.asked, payment))
        return sum(row.amount for row in rows if row.state is Answered.PROCESSED)

    def rest(self, s: World) -> int:
        """Return how much of the own payment is neither refunded nor requested."""
        broken = self.rules.broken is Broken.REST_OF_ANSWERED
        counted = {Answered.PROCESSED} if broken else set(Answered) - {Answered.FAILED}
        rows = (row for _, row in of(s.asked, s.own))
        return CAPTURE - sum(row.amount for row in rows if row.state in counted)

    def processed(self, s: World, key: Key, amount: int) -> World:
        """Record a processed refund once; acknowledge a direct one."""
        event = E.REFUND_COMPLETED if self._completes(s, key, amount) else None
        s = self.tell(s, event or E.REFUND_PROCESSED, key[0])[0]
        row = get(s.asked, key)
        if self.rules.broken is Broken.RECORD_NOT_UNIQUE and row:
            amount += row.amount if row.state is Answered.PROCESSED else 0
        s = s._replace(asked=put(s.asked, key, Asked(amount, Answered.PROCESSED)))
        is_named = self.rules.broken is not Broken.DIRECT_NOT_ACKNOWLEDGED
        if key[1] == DIRECT and s.order in DECIDED and is_named:
            return self.settle(s, key[0], key)
        return s

    def _completes(self, s: World, key: Key, amount: int) -> bool:
        broken, row = self.rules.broken, get(s.asked, key)
        if broken is Broken.ANY_REFUND_ENDS:
            return True
        ours = "ab" if broken is Broken.EXTRA_REFUND_ENDS_ORDER else s.own
        if not s.own or key[0] not in ours:
            return False
        before = sum(self.recorded(s, payment) for payment in ours)
        is_known = row is not None and row.state is Answered.PROCESSED
        return before + (0 if is_known else amount) >= CAPTURE

    def failed(self, s: World, key: Key, amount: int) -> World:
        """Record a failed refund; a processed one stays processed."""
        s = self.tell(s, E.REFUND_FAILED, key[0])[0]
        row = get(s.asked, key) or Asked(amount)
        if row.state is Answered.PROCESSED:
            return s
        return s._replace(asked=put(s.asked, key, Asked(row.amount, Answered.FAILED)))

    def staff_refund(self, s: World, amount: int, units: int = 0) -> World:
        """Refund money and restock goods at the request of staff, or refuse."""
        if not s.own:
            return self.tell(s, E.STAFF_REFUND)[0]
        if not 0 < amount <= self.rest(s) or not self._may_return(s, units):
            return s
        is_rest = amount == self.rest(s)
        s, cell = self.tell(s, E.STAFF_REFUND_REST if is_rest else E.STAFF_REFUND)
        return self._posted(s, amount, units) if cell.kind is Kind.MOVE else s

    def _posted(self, s: World, amount: int, units: int) -> World:
        broken = self.rules.broken
        rows = [(key[2], row) for key, row in of(s.asked, s.own) if key[1] == STAFF]
        if broken is Broken.RETRY_SAME_N:
            rows = [(n, row) for n, row in rows if row.state is not Answered.FAILED]
        n = 1 + max((n for n, _ in rows), default=0)
        if broken is Broken.STAFF_SETTLES:
            s = publish(s, (SETTLED, s.own, "refund", None))
        if units:
            s = s._replace(owed=put(s.owed, n, (units, "")))
        return self.request_refund(s, (s.own, STAFF, n), amount)

    def _may_return(self, s: World, units: int) -> bool:
        if not units or self.rules.broken in UNGUARDED:
            return True
        was_sold = get(s.asked, (s.own, AUTOMATIC, 1)) is None
        back = sum(known for _, (known, answer) in s.owed if answer != "refused")
        return was_sold and back + units <= UNITS

    def commit(self, s: World) -> World:
        """Commit the stock."""
        return self.tell(self.move_stock(s, Trigger.COMMIT), E.COMMITTED)[0]

    def lose_stock(self, s: World) -> World:
        """Refuse the commit: the reservation expired and a rival took the stock."""
        over = self.move_stock(s, Trigger.EXPIRE)
        return self.tell(self.move_stock(over, Trigger.REFUSE), E.COMMIT_REFUSED)[0]

    def order_clocks(self, s: World) -> Iterator[Step]:
        """Request each unanswered refund again, in any state."""
        if self.rules.broken is Broken.NO_REFUND_REEMIT:
            return
        only_pending = self.rules.broken is Broken.REFUND_REEMIT_ONLY_PENDING
        if only_pending and s.order is not OrderState.REFUND_PENDING:
            return
        for key, row in sorted(s.asked):
            if row.state is Answered.REQUESTED:
                yield ("requested again:", key), publish(s, (REFUND, key, row.amount))


# Either mutation removes both guards of `_may_return`.
UNGUARDED = (Broken.RESTOCK_UNCHECKED, Broken.RESTOCK_UNDEFINED)
