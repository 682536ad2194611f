"""The webhook inbox: what came is stored once, and wakes what it speaks of."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from payment_svc.config import Settings
from payment_svc.managers.payment_moves import PaymentMoves
from payment_svc.managers.refund_moves import REFUNDS
from payment_svc.models import (
    Payment,
    Refund,
    RefundState,
    WebhookEvent,
)

CAPTURE_TIME = timedelta(minutes=15)  # authorised money is captured by then
NO_NEWS = ("payment.failed",)  # a try; the link can still be paid
IN_FLIGHT = (RefundState.SENT, RefundState.PENDING)


class WebhookManager:
    """Stores webhooks and finds what they are about; it never commits."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self.session = session
        self.settings = settings

    def store(self, event_id: str | None, body: bytes) -> WebhookEvent | None:
        """Keep a signed body once; None when it, or its fact, is known."""
        entities = read(body)
        row = WebhookEvent(
            event_id=event_id,
            sha256=hashlib.sha256(body).hexdigest(),
            natural_key=entities.natural_key,
            event=entities.event,
            body=body,
        )
        if self._is_known(row):
            return None
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:  # a twin was faster
            return None
        return row

    def _is_known(self, row: WebhookEvent) -> bool:
        names = ("sha256", "event_id", "natural_key")
        given = {name: getattr(row, name) for name in names}
        # A NULL is like no other NULL.
        same = [
            getattr(WebhookEvent, n) == v for n, v in given.items() if v is not None
        ]
        known = select(WebhookEvent.id).where(or_(*same)).limit(1)
        return self.session.scalar(known) is not None

    def process(self, row: WebhookEvent) -> None:
        """Wake the payment and the refund that a webhook speaks of.

        Nothing is believed here: the worker asks Razorpay, then decides.
        """
        entities = read(row.body)
        payment = self._find_payment(entities)
        refund = self._find_refund(entities)
        row.processed_at = clock.now()
        row.payment_id = payment.id if payment else None
        row.result = "unknown" if payment is None and refund is None else "woken"
        if payment is not None and entities.event not in NO_NEWS:
            self._wake_payment(payment, entities)
        if refund is not None:
            self._wake_refund(refund)

    def _wake_payment(self, payment: Payment, entities: "Entities") -> None:
        first = payment.extra_of or payment.id
        when = clock.now()
        if entities.event == "payment.authorized":
            when += CAPTURE_TIME
        PaymentMoves(self.session, self.settings, "webhook").wake(first, when)

    def _wake_refund(self, refund: Refund) -> None:
        self.session.execute(
            update(REFUNDS)
            .where(REFUNDS.c.id == refund.id, REFUNDS.c.state.in_(IN_FLIGHT))
            .values(next_check_at=clock.now())
        )

    def _find_payment(self, entities: "Entities") -> Payment | None:
        rules = [
            (Payment.razorpay_payment_link_id, entities.link_ids()),
            (Payment.razorpay_order_id, entities.order_ids()),
            (Payment.receipt, entities.receipts()),
            (Payment.razorpay_payment_id, entities.payment_ids()),
        ]
        tests = [column.in_(values) for column, values in rules if values]
        if not tests:
            return None
        return self.session.scalar(select(Payment).where(or_(*tests)).limit(1))

    def _find_refund(self, entities: "Entities") -> Refund | None:
        rules = [
            (Refund.razorpay_refund_id, entities.refund_ids()),
            (Refund.idempotency_key, _texts(entities.of("refund").get("receipt"))),
        ]
        tests = [column.in_(values) for column, values in rules if values]
        if not tests:
            return None
        return self.session.scalar(select(Refund).where(or_(*tests)).limit(1))


class Entities:
    """What can be read of a webhook, whatever JSON it is."""

    def __init__(self, body: Any) -> None:
        self._body = body if isinstance(body, dict) else {}
        event = next(iter(_texts(self._body.get("event"))), "")
        self.event = event[:80]

    def of(self, name: str) -> dict[str, Any]:
        """Return an entity of the payload, {} when there is none."""
        node: Any = self._body
        for key in ("payload", name, "entity"):
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else {}

    @property
    def natural_key(self) -> str | None:
        """Return the event with the id of what it happened to."""
        for name in ("refund", "payment", "payment_link", "order"):
            found = _texts(self.of(name).get("id"))
            if found and self.event:
                return f"{self.event}:{found[0]}"[:200]
        return None

    def link_ids(self) -> list[str]:
        """Return the link's ids; a payment names it in its description alone."""
        about = _texts(self.of("payment").get("description"))
        ids = [f"plink_{text[1:]}" for text in about if text.startswith("#")]
        return ids + _texts(self.of("payment_link").get("id"))

    def order_ids(self) -> list[str]:
        """Return Razorpay's order ids; one sample has them without their prefix."""
        found = _texts(
            self.of("order").get("id"),
            self.of("payment").get("order_id"),
            self.of("payment_link").get("order_id"),
        )
        return [f"order_{text.removeprefix('order_')}" for text in found]

    def receipts(self) -> list[str]:
        """Return our references."""
        return list(self._receipts())

    def _receipts(self) -> Iterator[str]:
        yield from _texts(
            self.of("payment_link").get("reference_id"), self.of("order").get("receipt")
        )
        notes = self.of("payment").get("notes")
        if isinstance(notes, dict):
            yield from _texts(notes.get("receipt"))

    def payment_ids(self) -> list[str]:
        """Return Razorpay's payment ids."""
        return _texts(self.of("payment").get("id"), self.of("refund").get("payment_id"))

    def refund_ids(self) -> list[str]:
        """Return Razorpay's refund ids."""
        return _texts(self.of("refund").get("id"))


def _texts(*values: Any) -> list[str]:
    usable = (v for v in values if isinstance(v, str) and 0 < len(v) <= 255)
    return [text for text in usable if "\x00" not in text and text.isprintable()]


def read(body: bytes) -> Entities:
    """Read a webhook; what is no JSON says nothing."""
    try:
        return Entities(json.loads(body))
    except (ValueError, RecursionError):
        return Entities(None)
