"""The inbox of webhooks: each is stored once, and makes what it mentions due."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock, leases
from payment_svc.models import Payment, Refund, RefundState, WebhookEvent
from payment_svc.razorpay.webhooks import WebhookPayload, read_webhook

Row = TypeVar("Row", Payment, Refund)
CAPTURE_TIME = timedelta(minutes=15)  # authorised money is captured by then
IGNORED = ("payment.failed",)  # a failed attempt; the link can still be paid
IN_FLIGHT = (RefundState.SENT, RefundState.PENDING)


class WebhookManager:
    """Stores webhooks and finds what they mention; it never commits.

    A webhook is never trusted: it only makes a poll of Razorpay due.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def store(self, event_id: str | None, body: bytes) -> WebhookEvent | None:
        """Store a verified body; return None for a known one."""
        payload = read_webhook(body)
        row = WebhookEvent(
            event_id=event_id,
            sha256=hashlib.sha256(body).hexdigest(),
            natural_key=payload.natural_key,
            event=payload.event,
            body=body,
        )
        if self._is_known(row):
            return None
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:  # another request has stored it meanwhile
            return None
        return row

    def _is_known(self, row: WebhookEvent) -> bool:
        names = ("sha256", "event_id", "natural_key")
        given = {name: getattr(row, name) for name in names}
        # NULL equals no other NULL.
        same = [
            getattr(WebhookEvent, n) == v for n, v in given.items() if v is not None
        ]
        known = select(WebhookEvent.id).where(or_(*same)).limit(1)
        return self.session.scalar(known) is not None

    def process(self, row: WebhookEvent) -> None:
        """Make the payment and the refund that a webhook mentions due."""
        payload = read_webhook(row.body)
        payment = self._find_payment(payload)
        refund = self._find_refund(payload)
        row.payment_id = payment.id if payment else None
        self.finish(row, "unknown" if payment is None and refund is None else "woken")
        if payment is not None and payload.event not in IGNORED:
            is_early = payload.event == "payment.authorized"
            when = clock.now() + (CAPTURE_TIME if is_early else timedelta())
            leases.make_due(Payment, payment.extra_of or payment.id, when=when)
        if refund is not None:
            leases.make_due(Refund, refund.id, Refund.state.in_(IN_FLIGHT))

    def finish(self, row: WebhookEvent, result: str) -> None:
        """Store the result of a webhook, which is then never due again."""
        row.processed_at, row.result, row.next_check_at = clock.now(), result, None

    def _find_payment(self, payload: WebhookPayload) -> Payment | None:
        return self._find(
            select(Payment),
            [
                (Payment.razorpay_payment_link_id, payload.link_ids()),
                (Payment.razorpay_order_id, payload.order_ids()),
                (Payment.receipt, payload.receipts()),
                (Payment.razorpay_payment_id, payload.payment_ids()),
            ],
        )

    def _find_refund(self, payload: WebhookPayload) -> Refund | None:
        return self._find(
            select(Refund),
            [
                (Refund.razorpay_refund_id, payload.refund_ids()),
                (Refund.idempotency_key, payload.refund_receipts()),
            ],
        )

    def _find(
        self, rows: Select[tuple[Row]], rules: Sequence[tuple[Any, Sequence[str]]]
    ) -> Row | None:
        """Return a row with one of the values, or None."""
        tests = [column.in_(values) for column, values in rules if values]
        if not tests:
            return None
        return self.session.scalar(rows.where(or_(*tests)).limit(1))
