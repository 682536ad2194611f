"""The inbox of webhooks: each is stored once.

A webhook is not trusted: it only makes polls of the payment and the refund that it
mentions due. These functions never commit.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock, leases
from payment_svc.models import Payment, Refund, RefundState, WebhookEvent
from payment_svc.razorpay.webhooks import WebhookPayload

Row = TypeVar("Row", Payment, Refund)
CAPTURE_TIME = timedelta(minutes=15)  # authorised money is captured by then
IGNORED = ("payment.failed",)  # a failed attempt; the link can still be paid
IN_FLIGHT = (RefundState.SENT, RefundState.PENDING)


def store(
    session: Session, event_id: str | None, body: bytes, payload: WebhookPayload
) -> WebhookEvent | None:
    """Store a verified body; return None if it is already stored."""
    row = WebhookEvent(
        event_id=event_id,
        sha256=hashlib.sha256(body).hexdigest(),
        natural_key=payload.natural_key,
        event=payload.event,
        body=body,
    )
    if _is_known(session, row):
        return None
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another request has stored it meanwhile
        return None
    return row


def _is_known(session: Session, row: WebhookEvent) -> bool:
    names = ("sha256", "event_id", "natural_key")
    given = {name: getattr(row, name) for name in names}
    # In SQL, NULL does not equal NULL.
    same = [getattr(WebhookEvent, n) == v for n, v in given.items() if v is not None]
    known = select(WebhookEvent.id).where(or_(*same)).limit(1)
    return session.scalar(known) is not None


def find(session: Session, event_id: str) -> WebhookEvent | None:
    """Return the webhook with this event id, or None."""
    return session.scalar(select(WebhookEvent).filter_by(event_id=event_id))


def process(session: Session, row: WebhookEvent, payload: WebhookPayload) -> None:
    """Make the payment and the refund that a webhook mentions due."""
    payment = _find_payment(session, payload)
    refund = _find_refund(session, payload)
    row.payment_id = payment.id if payment else None
    finish(row, "unknown" if payment is None and refund is None else "matched")
    if payment is not None and payload.event not in IGNORED:
        is_early = payload.event == "payment.authorized"
        when = clock.now() + (CAPTURE_TIME if is_early else timedelta())
        leases.make_due(Payment, payment.extra_of or payment.id, when=when)
    if refund is not None:
        leases.make_due(Refund, refund.id, Refund.state.in_(IN_FLIGHT))


def finish(row: WebhookEvent, result: str) -> None:
    """Store the result of a webhook, which is then never due again."""
    row.processed_at, row.result, row.next_check_at = clock.now(), result, None


def _find_payment(session: Session, payload: WebhookPayload) -> Payment | None:
    rules = [
        (Payment.razorpay_payment_link_id, payload.link_ids),
        (Payment.razorpay_order_id, payload.order_ids),
        (Payment.receipt, payload.receipts),
        (Payment.razorpay_payment_id, payload.payment_ids),
    ]
    return _find(session, select(Payment), rules)


def _find_refund(session: Session, payload: WebhookPayload) -> Refund | None:
    rules = [
        (Refund.razorpay_refund_id, payload.refund_ids),
        (Refund.idempotency_key, payload.refund_receipts),
    ]
    return _find(session, select(Refund), rules)


def _find(
    session: Session,
    rows: Select[tuple[Row]],
    rules: Sequence[tuple[Any, Sequence[str]]],
) -> Row | None:
    """Return a row with one of the values, or None."""
    tests = [column.in_(values) for column, values in rules if values]
    if not tests:
        return None
    return session.scalar(rows.where(or_(*tests)).limit(1))
