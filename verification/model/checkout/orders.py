"""order-svc in the checkout model: its table's transitions and their effects."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from order_svc.managers.effects import COMPENSATIONS, REFUNDS
from order_svc.models import Effect, OrderState, OrderTrigger, StockCommandKind
from order_svc.models import Event as OrderEvent
from payment_svc.models import Event, PaymentState
from verification.model.base import Model, Step
from verification.model.broken import Broken
from verification.model.checkout.state import (
    KEPT,
    REFUND,
    REFUNDED,
    REVIEW_REJECTED,
    World,
    publish,
)

E = OrderTrigger
ENDED_UNPAID = (OrderState.EXPIRED, OrderState.CANCELLED, OrderState.REJECTED)
TRIGGERS: dict[str, OrderTrigger] = {
    Event.LINK_READY: E.LINK_READY,
    Event.CAPTURED: E.CAPTURED,
    Event.CLOSED: E.CLOSED,
    Event.UNDER_REVIEW: E.UNDER_REVIEW,
    REVIEW_REJECTED: E.REVIEW_REJECTED,
    Event.REFUND_PROCESSED: E.REFUND_COMPLETED,  # every refund here is of the whole
}


class Orders(Model):
    """An order's saga."""

    def fire_order(self, s: World, trigger: OrderTrigger) -> World:
        """Make the table's transition: state, effects and event."""
        order, transition = self.rules.fire("order", s.order, trigger)
        s = s._replace(order=order) if order is not s.order else s
        for effect in transition.effects:
            s = EFFECTS[effect](s) if effect in EFFECTS else s
        if transition.publishes is OrderEvent.ORDER_SETTLED:
            return self.settle(s)
        return publish(s, transition.publishes) if transition.publishes else s

    def receive(self, s: World, message: str) -> World:
        """Handle a message of payment-svc."""
        return self.fire_order(s, TRIGGERS[message])

    def answered(self, s: World, answer: OrderTrigger) -> World:
        """Apply an answer; a reserve of a total above the limit is out of range."""
        if s.above_limit and answer is E.RESERVED and s.order is OrderState.PLACED:
            answer = E.OUT_OF_RANGE
        return self.fire_order(s, answer)

    def settle(self, s: World) -> World:
        """Publish the outcome of the capture."""
        if self.rules.broken is Broken.NO_SETTLED:
            return s
        return publish(s, REFUNDED if s.refund_by == "automatic" else KEPT)

    def order_retries(self, s: World) -> Iterator[Step]:
        """Request again what is not answered."""
        if s.order is OrderState.AWAITING_PAYMENT and not s.has_link:
            yield "60 s without a link", self.fire_order(s, E.LINK_LATE)
        if s.order in (OrderState.EXPIRING, OrderState.CANCELLING):
            yield "close is requested again", self.fire_order(s, E.DEADLINE)
        if s.order is OrderState.UNDER_REVIEW or self._is_noted(s):
            yield "the result is asked for", self.fire_order(s, E.REVIEW_LATE)
        if s.refund_by and not s.recorded:
            yield "refund is requested again", publish(s, REFUND)

    def _is_noted(self, s: World) -> bool:
        """Return whether an order that has ended knows of a payment under review."""
        is_over = s.order in ENDED_UNPAID
        return is_over and s.payment is PaymentState.UNDER_REVIEW


def _command(kind: StockCommandKind) -> Callable[[World], World]:
    return lambda s: s._replace(commands=s.commands | {kind})


def _refund(s: World) -> World:
    return publish(s._replace(refund_by="automatic"), REFUND)


def _request_refund(s: World) -> World:
    """Refund the whole amount for staff, and restock the goods."""
    s = publish(s._replace(refund_by="staff"), REFUND)
    return s._replace(commands=s.commands | {StockCommandKind.RESTOCK})


# Effects without a line change nothing in this model.
EFFECTS: dict[StrEnum, Callable[[World], World]] = {
    Effect.STORE_LINK: lambda s: s._replace(has_link=True),
    Effect.CLOSE_PAYMENT: lambda s: s._replace(has_link=False),
    Effect.PROLONG: _command(StockCommandKind.PROLONG),
    Effect.TAKE_PAYMENT: lambda s: s._replace(has_link=False),
    **dict.fromkeys(REFUNDS, _refund),
    Effect.REQUEST_REFUND: _request_refund,
    Effect.RECORD_REFUND: lambda s: s._replace(recorded=True),
    **{effect: _command(kind) for effect, kind in COMPENSATIONS.items()},
}
