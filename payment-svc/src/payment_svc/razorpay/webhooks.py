"""What a webhook of Razorpay mentions: its event and the ids in its JSON."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WebhookPayload:
    """The event of a webhook, and every id by which its entities can be found.

    `natural_key` is the event with the id of its entity, if it has one and the event
    happens to the entity only once.
    """

    event: str
    natural_key: str | None
    link_ids: list[str]
    order_ids: list[str]
    receipts: list[str]
    payment_ids: list[str]
    refund_ids: list[str]
    refund_receipts: list[str]
    dispute_ids: list[str]
    account_ids: list[str]


@dataclass(frozen=True)
class PaymentReferences:
    """What a payment of a link says about its link."""

    link_ids: tuple[str, ...] = ()
    order_ids: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()


def references_of(payment: dict[str, Any]) -> PaymentReferences:
    """Return the link, the order and our reference that a payment names."""
    return PaymentReferences(
        tuple(_link_ids(payment)),
        tuple(_order_ids({}, payment, {})),
        tuple(_texts(_object(payment.get("notes")).get("receipt"))),
    )


def read_webhook(body: bytes) -> WebhookPayload:
    """Read the body of a webhook; invalid JSON gives an empty payload."""
    found = _parse(body)
    link, order = _entity(found, "payment_link"), _entity(found, "order")
    payment, refund = _entity(found, "payment"), _entity(found, "refund")
    dispute = _entity(found, "dispute")
    event = next(iter(_texts(found.get("event"))), "")[:80]
    return WebhookPayload(
        event=event,
        # One event can happen several times to a dispute: its event id decides.
        natural_key=None
        if dispute
        else _natural_key(event, refund, payment, link, order),
        link_ids=_link_ids(payment) + _texts(link.get("id")),
        order_ids=_order_ids(order, payment, link),
        receipts=_texts(link.get("reference_id"), order.get("receipt"))
        + _texts(_object(payment.get("notes")).get("receipt")),
        payment_ids=_texts(payment.get("id"), refund.get("payment_id")),
        refund_ids=_texts(refund.get("id")),
        refund_receipts=_texts(refund.get("receipt")),
        dispute_ids=_texts(dispute.get("id")),
        account_ids=_texts(found.get("account_id")),
    )


def _parse(body: bytes) -> dict[str, Any]:
    try:
        return _object(json.loads(body.decode()))
    except (ValueError, RecursionError):
        return {}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _entity(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an entity of the payload, or {}."""
    payload = _object(body.get("payload"))
    return _object(_object(payload.get(name)).get("entity"))


def _texts(*values: Any) -> list[str]:
    usable = (v for v in values if isinstance(v, str) and 0 < len(v) <= 255)
    return [text for text in usable if "\x00" not in text and text.isprintable()]


def _natural_key(event: str, *entities: dict[str, Any]) -> str | None:
    ids = [*_texts(*(entity.get("id") for entity in entities))]
    return f"{event}:{ids[0]}"[:200] if ids and event else None


def _link_ids(payment: dict[str, Any]) -> list[str]:
    """Return the link's id: a payment has it in its description, as `#...`."""
    about = _texts(payment.get("description"))
    return [f"plink_{text[1:]}" for text in about if text.startswith("#")]


def _order_ids(
    order: dict[str, Any], payment: dict[str, Any], link: dict[str, Any]
) -> list[str]:
    """Return Razorpay's order ids, with a prefix where Razorpay left it out."""
    found = _texts(order.get("id"), payment.get("order_id"), link.get("order_id"))
    return [f"order_{text.removeprefix('order_')}" for text in found]
