"""The messages that the order service reads; HANDLERS at the foot."""

from typing import Any

from sqlalchemy import delete, select

from chassis import clock
from chassis.errors import Conflict, NotFound
from chassis.failpoints import failpoint
from chassis.messaging import inbox, triage
from chassis.messaging.inbox import Event
from order_svc import steps
from order_svc.extensions import db
from order_svc.models import Inbox, QuarantinedMessage
from order_svc.schemas import (
    PaymentCapturedSchema,
    PaymentClosedSchema,
    PaymentLinkReadySchema,
    RefundAnswerSchema,
)

QUEUE = "order-events"


def payment_link_ready(data: dict[str, Any], event: Event) -> None:
    """Store the link of an order that waits for it."""
    steps.manager().store_link(data["order_id"], data)


def payment_captured(data: dict[str, Any], event: Event) -> None:
    """Take money: true news in every state of the order.

    It is repeated until the order is settled, so what cannot be taken is kept for a
    person once for each payment, not once for each copy.
    """
    try:
        steps.manager().mark_paid(data["order_id"], data)
        failpoint("order.captured")
    except (NotFound, Conflict) as why:
        _park_once(event, why.detail, "payment_id")


def payment_closed(data: dict[str, Any], event: Event) -> None:
    """Let go of an order whose link is dead."""
    steps.manager().mark_closed(data["order_id"], data["reason"])


def refund_processed(data: dict[str, Any], event: Event) -> None:
    """Record money that has gone back; it is repeated, as captures are."""
    try:
        steps.manager().record_refund(data["order_id"], data)
    except (NotFound, Conflict) as why:
        _park_once(event, why.detail, "refund_id")


def refund_failed(data: dict[str, Any], event: Event) -> None:
    """Record money that did not go back: a person must look."""
    try:
        steps.manager().fail_refund(data["order_id"], data)
    except (NotFound, Conflict) as why:
        _park_once(event, why.detail, "refund_id")


def _park_once(event: Event, reason: str, key: str) -> None:
    """Keep the first copy of a type and the id that `key` names in its data.

    A later copy keeps the first from being forgotten, or a person would be asked again.
    It leaves no mark in the inbox: it may be the very message that is kept, which would
    be a duplicate when a person wishes it tried again.
    """
    head = f"{event.type} {event.data[key]}: "
    known = db.session.scalar(
        select(QuarantinedMessage)
        .where(QuarantinedMessage.reason.startswith(head, autoescape=True))
        .where(QuarantinedMessage.state != triage.AGAIN)  # that is this copy itself
        .limit(1)
    )
    if known is None:
        raise inbox.Quarantine(head + reason, **{key: event.data[key]})
    known.updated_at = clock.now()
    db.session.execute(delete(Inbox).where(Inbox.event_id == event.id))


def _handler(apply: Any) -> Any:
    """Put what cannot be applied, now or ever, into quarantine."""

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
    "refund.processed": (RefundAnswerSchema, _handler(refund_processed)),
    "refund.failed": (RefundAnswerSchema, _handler(refund_failed)),
}
CONSUMERS = {QUEUE: HANDLERS}
