"""The state of the money models: captures, refunds and returned goods."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar

from order_svc.models import Event, OrderState
from order_svc.models import RefundState as Answered
from payment_svc.models import PaymentState, RefundState
from product_svc.models import ReservationState
from verification.model.base import quick

CAPTURE, UNITS = 2, 2  # of money in each payment, and of goods in the order
NAMES = "ab"  # the order's payments: PRIMARY, then EXTRA
REFUND, SETTLED = Event.REFUND_REQUESTED, Event.ORDER_SETTLED
# The reasons of refunds; one after a rejected review has no event.
AUTOMATIC, STAFF, REJECTED = "automatic", "staff", "rejected"
DIRECT, PROVIDER = "direct", "provider"
UNREQUESTED = (DIRECT, PROVIDER)  # published until order-svc acknowledges them
BY_PEOPLE = (STAFF, DIRECT)  # together these have the limit

Key = tuple[str, str, int]  # payment, reason, n: the identity of a refund
Message = tuple[Any, ...]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Bounds:
    """The bounds of one model."""

    starts: tuple[OrderState, ...]
    extra: bool = False  # the customer may pay a second time
    staff: int = 0  # refunds that staff post
    direct: int = 0  # refunds that staff start at payment-svc
    failures: int = 0  # refunds that Razorpay fails
    elsewhere: int = 0  # refunds that are made at Razorpay, not by payment-svc
    pending: bool = False  # these are first pending; the bank may fail them
    returns: tuple[int, ...] = (0,)  # units that may be returned with a refund
    mismatched: bool = False  # a payment may be of another amount
    disputes: int = 0  # disputes that the customer's bank may raise
    limit: int = 0  # what staff may refund of the order; admins have no limit


class RefundRequest(NamedTuple):
    """A row of order-svc's `order_refunds`."""

    amount: int
    state: Answered = Answered.REQUESTED
    is_rest: bool = False  # staff gave no amount: all that is left
    by_admin: bool = False


@quick
class Refund(NamedTuple):
    """A row of payment-svc's `refunds`, and its state at Razorpay.

    Without a state here it was made at Razorpay, and payment-svc has not found it yet.
    """

    amount: int
    state: RefundState | None
    at: str = ""  # "made" or "failed", once Razorpay was called; elsewhere "pending"
    is_acknowledged: bool = False  # acknowledged by an order.settled
    is_rest: bool = False
    despite_dispute: bool = False  # an admin lets it be sent
    by_admin: bool = False


@quick
class World(NamedTuple):
    """An order with one or two captures. Tables are frozen sets of (key, row)."""

    # order-svc
    order: OrderState
    own: str = ""  # the payment that paid it
    requests: frozenset[tuple[Key, RefundRequest]] = frozenset()
    commands: frozenset[tuple[int, tuple[int, str]]] = frozenset()  # n: units, answer
    # product-svc
    stock: ReservationState = ReservationState.HELD
    restocked: frozenset[tuple[int, int]] = frozenset()  # return id: units
    # payment-svc
    payments: tuple[PaymentState | None, PaymentState | None] = (None, None)
    outcomes: frozenset[tuple[str, str]] = frozenset()  # payment: kept or refund
    refunds: frozenset[tuple[Key, Refund]] = frozenset()
    # Razorpay
    captures: str = ""
    mismatched: str = ""  # captures of another amount
    failures: int = 0  # failures that are still allowed
    elsewhere: int = 0  # refunds made at Razorpay that are still allowed
    disputes: int = 0  # disputes that are still allowed
    disputed: str = ""  # payments with an open dispute
    # Between them
    queue: frozenset[Message] = frozenset()


def get(table: frozenset[tuple[K, V]], key: K) -> V | None:
    """Return a table's row, if there is one."""
    for known, row in table:
        if known == key:
            return row
    return None


def put(table: frozenset[tuple[K, V]], key: K, row: V) -> frozenset[tuple[K, V]]:
    """Return the table with a row written."""
    return frozenset(pair for pair in table if pair[0] != key) | {(key, row)}


def of(table: frozenset[tuple[Key, V]], payment: str) -> Iterator[tuple[Key, V]]:
    """Return a payment's refunds."""
    return (pair for pair in table if pair[0][0] == payment)


def publish(s: World, *messages: Message) -> World:
    """Publish messages."""
    return s._replace(queue=s.queue | set(messages))


@cache
def rank(thing: Any) -> str:
    """Return a key that sorts messages and rows in a stable order."""
    return repr(thing)


def state_of(s: World, payment: str) -> PaymentState | None:
    """Return the state of a payment."""
    return s.payments[NAMES.index(payment)]
