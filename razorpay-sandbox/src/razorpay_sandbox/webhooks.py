"""Webhook events, stored in the same transaction as the change they report."""

import json
from typing import Any

from razorpay_sandbox import entities
from razorpay_sandbox.ids import new_id
from razorpay_sandbox.models import Event, Link, Order, Payment, Refund
from razorpay_sandbox.signatures import sign
from razorpay_sandbox.unit_of_work import UnitOfWork

ACCOUNT_ID = "acc_Sb0Demo000001A"


def payment_event(work: UnitOfWork, name: str, payment: Payment) -> None:
    """Store payment.authorized, payment.captured or payment.failed."""
    entity = entities.payment(payment)
    if name == "payment.captured":
        entity["base_amount"] = payment.amount
    _write(work, envelope(name, {"payment": entity}, work.now))


def order_paid(work: UnitOfWork, payment: Payment, order: Order) -> None:
    """Store order.paid."""
    parts = {"payment": entities.payment(payment), "order": entities.order(order)}
    _write(work, envelope("order.paid", parts, work.now))


def refund_event(work: UnitOfWork, name: str, refund: Refund, payment: Payment) -> None:
    """Store refund.created, refund.processed or refund.failed."""
    parts = {
        "refund": entities.refund(refund),
        "payment": entities.payment(payment),
    }
    _write(work, envelope(name, parts, work.now))


def dispute_event(
    work: UnitOfWork, name: str, dispute: dict[str, Any], payment: Payment | None
) -> None:
    """Store an event of a dispute, such as payment.dispute.created.

    As in Razorpay's sample of `action_required`, the evidence stands beside the entity
    of that event, not inside it.
    """
    parts = {"payment": entities.payment(payment)} if payment else {}
    event = envelope(name, parts | {"dispute": dispute}, dispute["created_at"])
    if name == "payment.dispute.action_required":
        evidence = event["payload"]["dispute"]["entity"].pop("evidence")
        event["payload"]["dispute"]["evidence"] = evidence
    _write(work, event)


def link_event(
    work: UnitOfWork,
    name: str,
    link: Link,
    order: Order | None = None,
    payment: Payment | None = None,
) -> None:
    """Store payment_link.paid, .partially_paid, .expired or .cancelled.

    As at Razorpay, the keys of these events are in alphabetical order, and
    `created_at` is the creation time of the link, not of the event.
    """
    parts = {"payment_link": entities.link_in_event(link)}
    if order is not None and payment is not None:
        parts["order"] = entities.order(order)
        parts["payment"] = entities.payment_in_link_event(payment)
    _write(work, envelope(name, parts, link.created_at), sort_keys=True)


def envelope(
    name: str, parts: dict[str, dict[str, Any]], created_at: int
) -> dict[str, Any]:
    """Return an event in Razorpay's envelope."""
    return {
        "entity": "event",
        "account_id": ACCOUNT_ID,
        "event": name,
        "contains": list(parts),
        "payload": {part: {"entity": entity} for part, entity in parts.items()},
        "created_at": created_at,
    }


def encode(event: dict[str, Any], *, sort_keys: bool = False) -> bytes:
    """Return the bytes of an event, as signed and sent."""
    return json.dumps(
        event, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys
    ).encode()


def _write(work: UnitOfWork, event: dict[str, Any], *, sort_keys: bool = False) -> None:
    body = encode(event, sort_keys=sort_keys)
    row = Event(
        id=new_id(),
        event=event["event"],
        body=body,
        signature=sign(body, work.settings.webhook_secret),
        created_at=work.time,
        next_attempt_at=work.time if work.sends_webhooks else None,
    )
    work.events.append(work.add(row).id)
