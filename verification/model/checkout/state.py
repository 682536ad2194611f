"""The state of the checkout model."""

from typing import NamedTuple

from order_svc.models import Event, OrderState, OrderTrigger, StockCommandKind
from payment_svc.models import Event as PaymentEvent
from payment_svc.models import PaymentState, PaymentTrigger, RefundState
from product_svc.models import ReservationState, ReservationTrigger
from verification.model.base import quick

# Messages of order-svc to payment-svc; the other direction is payment-svc's Event.
REQUESTED, CLOSE = Event.PAYMENT_REQUESTED, Event.PAYMENT_CLOSE_REQUESTED
REFUND = Event.REFUND_REQUESTED
REVIEW_REJECTED = f"{PaymentEvent.CLOSED} rejected"  # the close of a rejected capture
KEPT, REFUNDED = f"{Event.ORDER_SETTLED} kept", f"{Event.ORDER_SETTLED} refund"


@quick
class World(NamedTuple):
    """One order of the only unit in stock, and one payment link.

    The queue is a set: a message in it may be delivered any number of times.
    """

    # order-svc
    order: OrderState | None = None
    above_limit: bool = False  # its total is above Razorpay's limit
    has_link: bool = False
    refund_by: str = ""  # who requested its refund: "", "automatic" or "staff"
    recorded: bool = False  # the refund is recorded as processed
    commands: frozenset[StockCommandKind] = frozenset()  # stored stock commands
    paused_with: OrderTrigger | ReservationTrigger | None = None  # of a paused process
    # product-svc
    stock: ReservationState | None = None
    free: int = 1
    returned: bool = False  # restocked
    rival: bool = False  # another customer holds the unit
    # payment-svc
    payment: PaymentState | None = None
    link_stored: bool = False
    by_staff: bool = False  # requested by staff, not by the order
    outcome: str = ""  # the outcome that order.settled carried
    refund: RefundState | None = None
    rejected: bool = False  # refunded after review: order-svc gets no event
    reply: PaymentTrigger | None = None  # the result that a paused process holds
    # Razorpay
    link: str = "none"  # then "live", then "dead" or "paid"
    money: str = "none"  # or "right", or "wrong": of another amount
    may_capture_late: bool = True  # an authorisation may still be captured
    links: int = 0
    refunds: int = 0
    # Between them
    queue: frozenset[str] = frozenset()
    wire: frozenset[str] = frozenset()  # requests whose sender has timed out


def publish(s: World, *messages: str) -> World:
    """Publish messages."""
    return s._replace(queue=s.queue | set(messages))


def take(s: World, message: str) -> World:
    """Remove a message from the queue."""
    return s._replace(queue=s.queue - {message})
