"""The messages that payment-svc publishes, one constructor each."""

from collections.abc import Callable
from typing import Any

from chassis.json import timestamp
from payment_svc.models import Dispute, Event, Outbox, Payment, Refund

QUEUE = "order-events"
SOURCE = "/payment-svc"


def _event(kind: Event, order_id: str, data: dict[str, Any]) -> Outbox:
    data = {"order_id": int(order_id), **data}
    return Outbox.event(QUEUE, SOURCE, kind.value, f"orders/{order_id}", data)


def link_ready(payment: Payment) -> Outbox:
    """Return the event with the payment link, its expiry, amount and customer."""
    assert payment.expires_at is not None
    data: dict[str, Any] = {
        "short_url": payment.razorpay_short_url,
        "expires_at": timestamp(payment.expires_at),
        "amount": f"{payment.amount:.2f}",
        "currency": payment.currency,
    }
    if payment.user_id is not None:
        data["user_id"] = payment.user_id
    return _event(Event.LINK_READY, payment.order_id, data)


def captured(payment: Payment) -> Outbox:
    """Return the event of a capture; `accepted` marks one that an admin accepted."""
    data = {
        "payment_id": payment.id,
        "razorpay_payment_id": payment.razorpay_payment_id,
        "amount": f"{payment.refundable:.2f}",
        "currency": payment.captured_currency,
    }
    if payment.is_accepted:
        data["accepted"] = True
    return _event(Event.CAPTURED, payment.order_id, data)


def closed(payment: Payment) -> Outbox:
    """Return the event of a closed payment, with the reason.

    `rejected` marks a payment whose capture an admin has rejected: it is refunded.
    """
    data: dict[str, Any] = {"reason": str(payment.closing_reason)}
    if payment.razorpay_payment_id is not None:
        data["rejected"] = True
    return _event(Event.CLOSED, payment.order_id, data)


def under_review(payment: Payment) -> Outbox:
    """Return the event of a capture that an admin must accept or reject."""
    return _event(
        Event.UNDER_REVIEW,
        payment.order_id,
        {
            "payment_id": payment.id,
            "amount": f"{payment.refundable:.2f}",
            "currency": payment.captured_currency,
            "reason": payment.reason or "Another amount was paid.",
        },
    )


def _refund(
    kind: Event, payment: Payment, refund: Refund, **texts: str | None
) -> Outbox:
    """Return an event with the correlation id of the refund's request."""
    data = {
        "payment_id": payment.id,
        "refund_id": refund.id,
        "amount": f"{refund.amount:.2f}",
        "reason": str(refund.reason),
        "n": refund.n,
    }
    given = {name: text for name, text in texts.items() if text}
    event = _event(kind, payment.order_id, {**data, **given})
    event.correlation_id = refund.correlation_id
    return event


def refund_processed(payment: Payment, refund: Refund) -> Outbox:
    """Return the event of a processed refund."""
    return _refund(Event.REFUND_PROCESSED, payment, refund, note=refund.note)


def refund_failed(payment: Payment, refund: Refund) -> Outbox:
    """Return the event of a failed refund, with the cause if it is known."""
    texts = {"note": refund.note, "detail": refund.detail}
    return _refund(Event.REFUND_FAILED, payment, refund, **texts)


def disputed(payment: Payment, dispute: Dispute) -> Outbox:
    """Return the event of a dispute; a higher `version` is newer."""
    respond_by = dispute.respond_by
    return _event(
        Event.DISPUTED,
        payment.order_id,
        {
            "payment_id": payment.id,
            "dispute_id": dispute.id,
            "version": dispute.version,
            "phase": dispute.phase,
            "status": dispute.status,
            "amount": f"{dispute.amount:.2f}",
            "respond_by": timestamp(respond_by) if respond_by else None,
        },
    )


OF_PAYMENT: dict[Event, Callable[[Payment], Outbox]] = {
    Event.LINK_READY: link_ready,
    Event.CAPTURED: captured,
    Event.CLOSED: closed,
    Event.UNDER_REVIEW: under_review,
}
OF_REFUND: dict[Event, Callable[[Payment, Refund], Outbox]] = {
    Event.REFUND_PROCESSED: refund_processed,
    Event.REFUND_FAILED: refund_failed,
}
