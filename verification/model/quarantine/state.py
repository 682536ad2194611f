"""The state of the quarantine model."""

from typing import NamedTuple

from order_svc.models import Event as OrderEvent
from order_svc.models import OrderState
from payment_svc.models import Event, PaymentState, RefundState

CAPTURED, PROCESSED = Event.CAPTURED, Event.REFUND_PROCESSED
REFUND, SETTLED = OrderEvent.REFUND_REQUESTED, OrderEvent.ORDER_SETTLED
FIRST, LATER = "first", "later"  # a message's id: the first copy, or a later one
WAITING, DONE, DROPPED = "waiting", "done", "dropped"

Id = tuple[str, str]  # type, copy
ONCE = (CAPTURED, PROCESSED)  # repeated messages are parked once, not for each copy


class World(NamedTuple):
    """One capture of a cancelled order, and its refund."""

    kind: str  # the type that its consumer refuses
    how: str  # "unreadable", or "rejected" by its handler; "" once repaired
    order: OrderState = OrderState.CANCELLED
    is_requested: bool = False
    recorded: int = 0
    payment: PaymentState | None = PaymentState.CAPTURED
    is_settled: bool = False
    refund: RefundState | None = None
    refunds: int = 0
    queue: frozenset[Id] = frozenset({(CAPTURED, FIRST)})
    dead: frozenset[Id] = frozenset()  # dead letters
    inbox: frozenset[Id] = frozenset()  # ids that were handled
    parked: frozenset[tuple[Id, str]] = frozenset()  # with the decision of a person


def publish(s: World, *kinds: str) -> World:
    """Publish new messages: the first of a type, then a later one.

    A later copy gets a new id when no copy with that id is left. Only messages of the
    type under test have ids.
    """
    for kind in kinds:
        if kind != s.kind:
            s = s._replace(queue=s.queue | {(kind, FIRST)})
            continue
        under_way = (
            s.queue | s.dead | {row for row, state in s.parked if state == WAITING}
        )
        known = under_way | s.inbox | {row for row, _ in s.parked}
        copy = (kind, LATER if (kind, FIRST) in known else FIRST)
        if copy not in under_way:
            s = s._replace(queue=s.queue | {copy}, inbox=s.inbox - {copy})
    return s
