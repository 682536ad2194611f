"""What the checkout's world is made of."""

from typing import NamedTuple

from order_svc.models import OrderEvent, OrderState, OwedKind
from payment_svc.models import PaymentState, PaymentTrigger, RefundState
from product_svc.models import ReservationState, Trigger

# What travels from order-svc to payment-svc; the other way it is payment-svc's Event.
REQUESTED, CLOSE, REFUND = (
    "payment.requested",
    "payment.close_requested",
    "refund.requested",
)
KEPT, RETURNED = "order.settled kept", "order.settled refund"


class World(NamedTuple):
    """One order of one unit, of which there is only one, and one link.

    Nothing here is a number of copies: a message that is in the queue may come any
    number of times.
    """

    # order-svc
    order: OrderState = OrderState.PLACED
    dear: bool = False  # its total is more than Razorpay takes
    has_link: bool = False
    asked_back: str = ""  # its refund: "", "automatic" or "staff"
    recorded: bool = False  # ... and that it was processed
    owed: frozenset[OwedKind] = frozenset()  # calls owed to product-svc
    in_hand: OrderEvent | Trigger | None = None  # what a paused one will tell, or ask
    # product-svc
    stock: ReservationState | None = None
    free: int = 1
    returned: bool = False  # restocked
    rival: bool = False  # somebody else holds the unit
    # payment-svc
    payment: PaymentState | None = None
    knows_link: bool = False
    by_hand: bool = False  # staff asked for it, not the order
    outcome: str = ""  # what order.settled has said
    refund: RefundState | None = None
    spent: bool = False  # the refund is of a suspect capture: order-svc is not told
    reply: PaymentTrigger | None = None  # what a paused process has seen
    # Razorpay
    link: str = "none"  # then "live", then "dead" or "paid"
    money: str = "none"  # or "right", or "wrong": of another amount
    may_be_late: bool = True  # an authorisation may still be captured
    links: int = 0
    refunds: int = 0
    # Between them
    queue: frozenset[str] = frozenset()
    wire: frozenset[str] = frozenset()  # requests whose sender waits no longer


def say(s: World, *messages: str) -> World:
    """Put messages into the queue."""
    return s._replace(queue=s.queue | set(messages))


def take(s: World, message: str) -> World:
    """Take a message off the queue."""
    return s._replace(queue=s.queue - {message})
