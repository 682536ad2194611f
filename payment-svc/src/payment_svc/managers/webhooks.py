"""The inbox of webhooks: each is stored once.

A webhook is not trusted: it only makes polls of the payment, the refund and the dispute
that it mentions due. A row that is due at once is returned, so that the worker can act
on it before the polls that are merely due by the clock. These functions never commit.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock, leases, logging
from payment_svc.managers.disputes import DisputeManager
from payment_svc.models import Dispute, Payment, Refund, RefundState, WebhookEvent
from payment_svc.razorpay.entities import is_id
from payment_svc.razorpay.webhook_events import FAILED_ATTEMPT, REFUND, why_ignored
from payment_svc.razorpay.webhooks import WebhookPayload

Row = TypeVar("Row", Payment, Refund)
Due = tuple[type[Any], int]  # a table and the id of a row
CAPTURE_TIME = timedelta(minutes=15)  # authorised money is captured by then
# A link can be used to test stolen cards: failed attempts lead to one poll at a time.
ATTEMPT_PAUSE = timedelta(seconds=30)
# A refund's event can arrive before the payment's: it is processed again for a day.
FIRST_PAUSE, MOST_PAUSE, KEPT = 10.0, 3600.0, timedelta(days=1)
DELAYS = {"payment.authorized": CAPTURE_TIME, FAILED_ATTEMPT: ATTEMPT_PAUSE}
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


def process(session: Session, row: WebhookEvent, payload: WebhookPayload) -> list[Due]:
    """Make the payment and the refund that a webhook mentions due.

    Returns those that are due at once.
    """
    if ignored := why_ignored(payload.event):
        logging.get().info("webhook not used", webhook=payload.event, why=ignored)
        finish(row, ignored)
        return []
    payment = _find_payment(session, payload)
    refund = _find_refund(session, payload)
    row.payment_id = payment.id if payment else None
    if payment is None and refund is None:
        _finish_unknown(row, payload)
        return []
    finish(row, "matched")
    due: list[Due] = []
    if payment is not None:
        payment_id = payment.extra_of or payment.id
        delay = DELAYS.get(payload.event)
        when = clock.now() + (delay or timedelta())
        leases.make_due(Payment, payment_id, when=when)
        due += [] if delay else [(Payment, payment_id)]
    if refund is not None:
        leases.make_due(Refund, refund.id, Refund.state.in_(IN_FLIGHT))
        due.append((Refund, refund.id))
    return due


def process_dispute(
    disputes: DisputeManager, row: WebhookEvent, payload: WebhookPayload
) -> list[Due]:
    """Make the fetch of the dispute that a webhook mentions due, and return it."""
    payment = _find_payment(disputes.session, payload)
    row.payment_id = payment.id if payment else None
    ids = [one for one in payload.dispute_ids if is_id("disp", one)]
    if not ids:
        reject(row, "no dispute id")
        return []
    finish(row, "matched" if payment else "unknown")
    disputed = next((one for one in payload.payment_ids if is_id("pay", one)), None)
    return [(Dispute, disputes.store(ids[0], disputed))]


def reject(row: WebhookEvent, why: str) -> None:
    """Store why a webhook is not used; staff are alerted."""
    logging.get().error("webhook rejected", alert=True, webhook_id=row.id, why=why)
    finish(row, why)


def _finish_unknown(row: WebhookEvent, payload: WebhookPayload) -> None:
    """Finish a webhook of an unknown payment; a refund's is processed again later."""
    ids = (("pay", payload.payment_ids), ("rfnd", payload.refund_ids))
    if not all(is_id(prefix, one) for prefix, found in ids for one in found):
        reject(row, "an id of another kind")
        return
    finish(row, "unknown")
    if row.event.startswith(REFUND) and clock.now() - row.created_at < KEPT:
        pause = leases.backoff(row.attempts, FIRST_PAUSE, MOST_PAUSE)
        row.next_check_at = clock.now() + pause


def finish(row: WebhookEvent, result: str) -> None:
    """Store the result of a webhook, and release the webhook."""
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
