"""The messages that payment-svc reads; each handler runs in the inbox's transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chassis.errors import Conflict, NotFound
from chassis.messaging.inbox import Event, Quarantine
from payment_svc.managers import PaymentRequest
from payment_svc.models import ClosingReason, Outcome, RefundReason
from payment_svc.schemas import (
    CloseRequestedSchema,
    OrderSettledSchema,
    PaymentRequestedSchema,
    RefundRequestedSchema,
)
from payment_svc.steps import Context

QUEUE = "payment-commands"
ACTOR = "order-svc"
Data = dict[str, Any]


@contextmanager
def _quarantine() -> Iterator[None]:
    """Quarantine a message that conflicts with the data: a retry would not help."""
    try:
        yield
    except (Conflict, NotFound) as why:
        raise Quarantine(why.detail) from None


def payment_requested(data: Data, _: Event) -> None:
    """Create a payment, or answer with the state of the existing one."""
    with _quarantine():
        Context(ACTOR).payments.request(PaymentRequest(**data))


def payment_close_requested(data: Data, _: Event) -> None:
    """Close the payment; the answer is `payment.closed` or `payment.captured`."""
    with _quarantine():
        Context(ACTOR).payments.close(
            data["order_id"],
            ClosingReason(data["reason"]),
            amount=data["amount"],
            currency=data["currency"],
            user_id=data["user_id"],
        )


def refund_requested(data: Data, _: Event) -> None:
    """Refund a payment, once for each payment, reason and n."""
    with _quarantine():
        work = Context(ACTOR)
        payment = work.payments.get_of_order(data["payment_id"], data["order_id"])
        reason = RefundReason(data["reason"])
        work.refunds.request(
            payment,
            data["amount"],
            reason,
            data["n"],
            is_rest=data["rest"],
            note=data["note"],
            by_admin=data["by_admin"],
        )


def order_settled(data: Data, _: Event) -> None:
    """Record the outcome of a capture, and that order-svc knows a refund.

    `refund_id` names a refund that order-svc did not request: a direct one, or one that
    was made at Razorpay.
    """
    with _quarantine():
        work, outcome = Context(ACTOR), Outcome(data["outcome"])
        payment = work.payments.settle(data["payment_id"], data["order_id"], outcome)
        if data["refund_id"] is not None:
            work.refunds.acknowledge(payment, data["refund_id"])


HANDLERS: dict[str, tuple[type, Callable[[Data, Event], None]]] = {
    "payment.requested": (PaymentRequestedSchema, payment_requested),
    "payment.close_requested": (CloseRequestedSchema, payment_close_requested),
    "refund.requested": (RefundRequestedSchema, refund_requested),
    "order.settled": (OrderSettledSchema, order_settled),
}
CONSUMERS = {QUEUE: HANDLERS}
