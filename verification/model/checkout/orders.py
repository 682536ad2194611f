"""order-svc in the checkout model: its table's transitions and their effects."""

from collections.abc import Callable, Iterator

from order_svc.models import Cell, Effect, Kind, OrderEvent, OrderState, OwedKind
from payment_svc.models import Event
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

E = OrderEvent
EVENTS: dict[str, OrderEvent] = {
    Event.LINK_READY: E.LINK_READY,
    Event.CAPTURED: E.CAPTURED,
    Event.CLOSED: E.CLOSED,
    Event.REFUND_PROCESSED: E.REFUND_COMPLETED,  # every refund here is of the whole
}


class Orders(Model):
    """An order's saga."""

    def tell(self, s: World, event: OrderEvent) -> World:
        """Apply an event to the order."""
        cell = self.rules.order(s.order, event)
        if cell.kind is not Kind.MOVE:
            return s
        s = s._replace(order=cell.to or s.order)
        for effect in cell.effects:
            s = self._effect(effect, s, cell)
        return s

    def receive(self, s: World, message: str) -> World:
        """Handle a message of payment-svc."""
        return self.tell(s, EVENTS[message])

    def answered(self, s: World, answer: OrderEvent) -> World:
        """Apply an answer; a reserve of a total above the limit is out of range."""
        if s.dear and answer is E.RESERVED and s.order is OrderState.PLACED:
            answer = E.OUT_OF_RANGE
        return self.tell(s, answer)

    def _effect(self, effect: Effect, s: World, cell: Cell) -> World:
        run = EFFECTS.get(effect)
        if effect is Effect.SETTLE:
            return self.settle(s)
        if effect is Effect.REFUND:
            s = publish(s._replace(asked_back="automatic"), REFUND)
            is_published = self.rules.broken is not Broken.SETTLED_ONLY_WHEN_ASKED
            return self.settle(s) if is_published else s
        return run(s) if run else s

    def settle(self, s: World) -> World:
        """Publish the outcome of the capture."""
        if self.rules.broken is Broken.NO_SETTLED:
            return s
        return publish(s, RETURNED if s.asked_back == "automatic" else KEPT)

    def order_clocks(self, s: World) -> Iterator[Step]:
        """Request again what is not answered."""
        if s.order is OrderState.AWAITING_PAYMENT and not s.has_link:
            yield "60 s without a link", self.tell(s, E.LINK_LATE)
        if s.order in (OrderState.EXPIRING, OrderState.CANCELLING):
            yield "close is requested again", self.tell(s, E.DEADLINE)
        if s.asked_back and not s.recorded:
            yield "refund is requested again", publish(s, REFUND)


def _command(kind: OwedKind) -> Callable[[World], World]:
    return lambda s: s._replace(owed=s.owed | {kind})


def _request_refund(s: World) -> World:
    """Staff refund the whole amount and restock the goods."""
    s = publish(s._replace(asked_back="staff"), REFUND)
    return s._replace(owed=s.owed | {OwedKind.RESTOCK})


# Effects without a line change nothing in this model.
EFFECTS: dict[Effect, Callable[[World], World]] = {
    Effect.REQUEST_PAYMENT: lambda s: publish(s, REQUESTED),
    Effect.REQUEST_CLOSE: lambda s: publish(s, CLOSE),
    Effect.STORE_LINK: lambda s: s._replace(has_link=True),
    Effect.CLOSE_PAYMENT: lambda s: s._replace(has_link=False),
    Effect.TAKE_PAYMENT: lambda s: s._replace(has_link=False),
    Effect.ASK_REFUND: _request_refund,
    Effect.RECORD_REFUND: lambda s: s._replace(recorded=True),
    Effect.RELEASE: _command(OwedKind.RELEASE),
    Effect.RELEASE_FINAL: _command(OwedKind.RELEASE_FINAL),
}
