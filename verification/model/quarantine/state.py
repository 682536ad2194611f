"""What the world of refused messages is made of."""

from typing import NamedTuple

from order_svc.models import OrderState
from payment_svc.models import Event, PaymentState, RefundState

CAPTURED, PROCESSED = Event.CAPTURED, Event.REFUND_PROCESSED
REFUND, SETTLED = "refund.requested", "order.settled"
FIRST, LATER = "first", "later"  # a message's id: the first copy, one said again
WAITING, DONE, DROPPED = "waiting", "done", "dropped"

Id = tuple[str, str]  # type, copy
ONCE = (CAPTURED, PROCESSED)  # what is repeated is parked once, not for each copy


class World(NamedTuple):
    """One capture of a cancelled order, on its way to its refund."""

    kind: str  # the type that its reader refuses
    how: str  # "unreadable", or "unwelcome" to the handler; "" once that is mended
    order: OrderState = OrderState.CANCELLED
    is_asked: bool = False
    recorded: int = 0
    payment: PaymentState | None = PaymentState.CAPTURED
    is_settled: bool = False
    refund: RefundState | None = None
    sent_back: int = 0
    queue: frozenset[Id] = frozenset({(CAPTURED, FIRST)})
    dead: frozenset[Id] = frozenset()  # dead letters
    inbox: frozenset[Id] = frozenset()  # ids that were handled
    parked: frozenset[tuple[Id, str]] = frozenset()  # and what a person has decided


def say(s: World, *kinds: str) -> World:
    """Put new messages into the queue: the first of a type, then a later one.

    A later one is a new message whenever none is left of the one before it. Only the
    type that is looked at has ids.
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
