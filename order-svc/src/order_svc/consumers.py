"""The messages that the order service reads; HANDLERS is at the end."""

from typing import Any

from chassis.errors import Conflict, NotFound
from chassis.failpoints import failpoint
from chassis.messaging import inbox
from chassis.messaging.inbox import Event
from order_svc.schemas import (
    PaymentCapturedSchema,
    PaymentClosedSchema,
    PaymentDisputedSchema,
    PaymentLinkReadySchema,
    PaymentUnderReviewSchema,
    RefundAnswerSchema,
)
from order_svc.steps import Context, quarantine_once

QUEUE = "order-events"


def payment_link_ready(data: dict[str, Any], event: Event) -> None:
    """Store the link of an order that waits for it."""
    Context.start().saga.store_link(data["order_id"], data)


def payment_captured(data: dict[str, Any], event: Event) -> None:
    """Record a captured payment, in every state of the order.

    payment-svc publishes a capture until the order is settled, so a capture that
    cannot be recorded is quarantined once for each payment, not once for each copy.
    """
    try:
        Context.start().saga.mark_paid(data["order_id"], data)
        failpoint("order.captured")
    except (NotFound, Conflict) as why:
        quarantine_once(event, why.detail, "payment_id")


def payment_closed(data: dict[str, Any], event: Event) -> None:
    """Expire or cancel an order whose link is closed."""
    order_id, is_rejected = data["order_id"], data["rejected"]
    saga = Context.start().saga
    saga.mark_closed(order_id, data["reason"], is_rejected=is_rejected)


def payment_under_review(data: dict[str, Any], event: Event) -> None:
    """Record a payment whose amount staff are checking."""
    Context.start().saga.begin_review(data["order_id"], data)


def refund_processed(data: dict[str, Any], event: Event) -> None:
    """Record a processed refund; like a capture, it may be published repeatedly."""
    try:
        Context.start().saga.record_refund(data["order_id"], data)
    except (NotFound, Conflict) as why:
        quarantine_once(event, why.detail, "refund_id")


def refund_failed(data: dict[str, Any], event: Event) -> None:
    """Record a failed refund; staff must decide what to do."""
    try:
        Context.start().saga.fail_refund(data["order_id"], data)
    except (NotFound, Conflict) as why:
        quarantine_once(event, why.detail, "refund_id")


def payment_disputed(data: dict[str, Any], event: Event) -> None:
    """Record a dispute: while it is open, staff do not refund the payment."""
    Context.start().saga.record_dispute(data["order_id"], data)


def _handler(apply: Any) -> Any:
    """Quarantine a message that can never be applied."""

    def handle(data: dict[str, Any], event: Event) -> None:
        try:
            apply(data, event)
        except (NotFound, Conflict) as why:
            raise inbox.Quarantine(why.detail) from None

    return handle


HANDLERS: dict[str, inbox.Handler] = {
    "payment.link_ready": (PaymentLinkReadySchema, _handler(payment_link_ready)),
    "payment.captured": (PaymentCapturedSchema, _handler(payment_captured)),
    "payment.closed": (PaymentClosedSchema, _handler(payment_closed)),
    "payment.under_review": (PaymentUnderReviewSchema, _handler(payment_under_review)),
    "refund.processed": (RefundAnswerSchema, _handler(refund_processed)),
    "refund.failed": (RefundAnswerSchema, _handler(refund_failed)),
    "payment.disputed": (PaymentDisputedSchema, _handler(payment_disputed)),
}
CONSUMERS = {QUEUE: HANDLERS}
