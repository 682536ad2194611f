"""The messages that payment-svc reads, each handled in the inbox's transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chassis.errors import Conflict, NotFound
from chassis.messaging.inbox import Event, Quarantine
from payment_svc.managers import Asked
from payment_svc.models import ClosingReason, Outcome, RefundReason
from payment_svc.schemas import (
    CloseRequestedSchema,
    OrderSettledSchema,
    PaymentRequestedSchema,
    RefundRequestedSchema,
)
from payment_svc.steps.context import payments, refunds

QUEUE = "payment-commands"
ACTOR = "order-svc"
Data = dict[str, Any]


@contextmanager
def _impossible_is_kept() -> Iterator[None]:
    """Keep what cannot happen for a person: tried again, it would not happen either."""
    try:
        yield
    except (Conflict, NotFound) as why:
        raise Quarantine(why.detail) from None


def payment_requested(data: Data, _: Event) -> None:
    """Ask for a link, or answer with how the payment stands."""
    with _impossible_is_kept():
        payments(ACTOR).request(Asked(**data))


def payment_close_requested(data: Data, _: Event) -> None:
    """Close the link; the answer is what is true by then, closed or captured."""
    with _impossible_is_kept():
        payments(ACTOR).close(
            data["order_id"],
            ClosingReason(data["reason"]),
            amount=data["amount"],
            currency=data["currency"],
            user_id=data["user_id"],
        )


def refund_requested(data: Data, _: Event) -> None:
    """Send money back, once for each key."""
    with _impossible_is_kept():
        payment = payments(ACTOR).get_of_order(data["payment_id"], data["order_id"])
        reason = RefundReason(data["reason"])
        refunds(ACTOR).request(payment, data["amount"], reason, data["n"])


def order_settled(data: Data, _: Event) -> None:
    """Hear what became of a capture."""
    with _impossible_is_kept():
        payments(ACTOR).settle(
            data["payment_id"],
            data["order_id"],
            Outcome(data["outcome"]),
            data["refund_id"],
        )


HANDLERS: dict[str, tuple[type, Callable[[Data, Event], None]]] = {
    "payment.requested": (PaymentRequestedSchema, payment_requested),
    "payment.close_requested": (CloseRequestedSchema, payment_close_requested),
    "refund.requested": (RefundRequestedSchema, refund_requested),
    "order.settled": (OrderSettledSchema, order_settled),
}
CONSUMERS = {QUEUE: HANDLERS}
