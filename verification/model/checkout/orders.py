"""order-svc, as its table says; what an effect does to the world is said here."""

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
    say,
)

E = OrderEvent
NEWS: dict[str, OrderEvent] = {
    Event.LINK_READY: E.LINK_READY,
    Event.CAPTURED: E.CAPTURED,
    Event.CLOSED: E.CLOSED,
    Event.REFUND_PROCESSED: E.REFUND_COMPLETED,  # every refund here is of the whole
}


class Orders(Model):
    """An order's saga."""

    def tell(self, s: World, event: OrderEvent) -> World:
        """Let an event meet the order."""
        cell = self.rules.order(s.order, event)
        if cell.kind is not Kind.MOVE:
            return s
        s = s._replace(order=cell.to or s.order)
        for effect in cell.effects:
            s = self._effect(effect, s, cell)
        return s

    def hear(self, s: World, message: str) -> World:
        """Take one of payment-svc's messages."""
        return self.tell(s, NEWS[message])

    def answered(self, s: World, answer: OrderEvent) -> World:
        """Take an answer; a yes to a total out of range is a no."""
        if s.dear and answer is E.RESERVED and s.order is OrderState.PLACED:
            answer = E.OUT_OF_RANGE
        return self.tell(s, answer)

    def _effect(self, effect: Effect, s: World, cell: Cell) -> World:
        run = EFFECTS.get(effect)
        if effect is Effect.SETTLE:
            return self.settle(s)
        if effect is Effect.REFUND:
            s = say(s._replace(asked_back="automatic"), REFUND)
            is_said = self.rules.broken is not Broken.SETTLED_ONLY_WHEN_ASKED
            return self.settle(s) if is_said else s
        return run(s) if run else s

    def settle(self, s: World) -> World:
        """Say what became of the capture."""
        if self.rules.broken is Broken.NO_SETTLED:
            return s
        return say(s, RETURNED if s.asked_back == "automatic" else KEPT)

    def order_clocks(self, s: World) -> Iterator[Step]:
        """Ask again for what is not answered."""
        if s.order is OrderState.AWAITING_PAYMENT and not s.has_link:
            yield "60 s without a link", self.tell(s, E.LINK_LATE)
        if s.order in (OrderState.EXPIRING, OrderState.CANCELLING):
            yield "close is asked for again", self.tell(s, E.DEADLINE)
        if s.asked_back and not s.recorded:
            yield "refund is asked for again", say(s, REFUND)


def _owe(kind: OwedKind) -> Callable[[World], World]:
    return lambda s: s._replace(owed=s.owed | {kind})


def _ask_refund(s: World) -> World:
    """Staff return all the money, and the goods."""
    s = say(s._replace(asked_back="staff"), REFUND)
    return s._replace(owed=s.owed | {OwedKind.RESTOCK})


# What has no line changes nothing that the model knows of.
EFFECTS: dict[Effect, Callable[[World], World]] = {
    Effect.REQUEST_PAYMENT: lambda s: say(s, REQUESTED),
    Effect.REQUEST_CLOSE: lambda s: say(s, CLOSE),
    Effect.STORE_LINK: lambda s: s._replace(has_link=True),
    Effect.CLOSE_PAYMENT: lambda s: s._replace(has_link=False),
    Effect.TAKE_PAYMENT: lambda s: s._replace(has_link=False),
    Effect.ASK_REFUND: _ask_refund,
    Effect.RECORD_REFUND: lambda s: s._replace(recorded=True),
    Effect.RELEASE: _owe(OwedKind.RELEASE),
    Effect.RELEASE_FINAL: _owe(OwedKind.RELEASE_FINAL),
}
