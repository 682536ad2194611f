"""JSON representations of entities.

An empty value is null, [] or {} exactly where Razorpay uses each of them.
"""

from typing import Any

from razorpay_sandbox.models import Link, Order, Payment, Refund

NO_ERROR = dict.fromkeys(("code", "description", "source", "step", "reason"))
FULL, PARTIAL = "full", "partial"


def _link(link: Link) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "accept_partial": link.accept_partial,
        "amount": link.amount,
        "amount_paid": link.amount_paid,
        "cancelled_at": link.cancelled_at,
        "created_at": link.created_at,
        "currency": link.currency,
        "description": link.description,
        "expire_by": link.expire_by,
        "expired_at": link.expired_at,
        "first_min_partial_amount": link.first_min_partial_amount,
        "id": link.id,
        "notify": link.notify,
        "reference_id": link.reference_id,
        "reminder_enable": link.reminder_enable,
        "short_url": link.short_url,
        "status": link.status,
        "updated_at": link.updated_at,
        "upi_link": False,
        "user_id": "",
        "whatsapp_link": False,
    }
    return entity | _present_only_when_set(link)


def _present_only_when_set(link: Link) -> dict[str, Any]:
    found = {
        "callback_url": link.callback_url,
        "callback_method": link.callback_method,
        "order_id": link.order_id,
    }
    return {key: value for key, value in found.items() if value}


REST_ONLY = {"allow_full_payment": False, "payment_plan": False}


def link_created(link: Link) -> dict[str, Any]:
    """Return a link as the create endpoint does: `payments` is null."""
    return (
        _link(link)
        | REST_ONLY
        | {
            "customer": link.customer or [],
            "notes": link.notes or None,
            "payments": None,
            "reminders": [],
        }
    )


def link_listed(link: Link) -> dict[str, Any]:
    """Return a link as the list endpoint does: as created, but empty notes are []."""
    return link_created(link) | {"notes": link.notes or []}


def link_fetched(link: Link, payments: list[Payment]) -> dict[str, Any]:
    """Return a link as the fetch endpoint does, with its captured payments."""
    return (
        _link(link)
        | REST_ONLY
        | {
            "customer": link.customer or {},
            "notes": link.notes or None,
            "payments": [_payment_of_link(payment) for payment in payments],
            "reminders": {"status": "failed"},
        }
    )


def link_in_event(link: Link) -> dict[str, Any]:
    """Return a link as webhooks do: without `payments`."""
    return _link(link) | {
        "customer": link.customer or {},
        "notes": link.notes or None,
        "reminders": {"status": "failed"},
    }


def _payment_of_link(payment: Payment) -> dict[str, Any]:
    return {
        "amount": payment.amount,
        "created_at": payment.captured_at,
        "method": payment.method,
        "payment_id": payment.id,
        "status": "captured",
    }


def order(row: Order) -> dict[str, Any]:
    """Return an order as JSON."""
    return {
        "id": row.id,
        "entity": "order",
        "amount": row.amount,
        "amount_paid": row.amount_paid,
        "amount_due": max(0, row.amount - row.amount_paid),
        "currency": row.currency,
        "receipt": row.receipt,
        "offer_id": None,
        "status": row.status,
        "attempts": row.attempts,
        "notes": row.notes or [],
        "created_at": row.created_at,
        "description": None,
        "checkout": None,
    }


def payment(row: Payment) -> dict[str, Any]:
    """Return a payment as JSON; Razorpay's payments carry no link id."""
    entity: dict[str, Any] = {
        "id": row.id,
        "entity": "payment",
        "amount": row.amount,
        "currency": row.currency,
        "status": row.status,
        "order_id": row.order_id,
        "invoice_id": None,
        "international": False,
        "method": row.method,
        "amount_refunded": row.amount_refunded,
        "refund_status": _refund_status(row),
        "captured": row.captured,
        "description": row.description,
        "card_id": row.card["id"] if row.card else None,
        "bank": row.bank,
        "wallet": None,
        "vpa": row.vpa,
        "email": row.email,
        "contact": row.contact,
        "notes": row.notes or [],
        "fee": row.fee,
        "tax": row.tax,
    }
    entity |= {f"error_{key}": text for key, text in (row.error or NO_ERROR).items()}
    entity |= {
        "acquirer_data": row.acquirer_data,
        "created_at": row.created_at,
        "reward": None,
    }
    named = {"fee_bearer": row.fee_bearer, "offer_id": row.offer_id}
    entity |= {key: value for key, value in named.items() if value}
    return entity | ({"upi": {"vpa": row.vpa, "flow": "collect"}} if row.vpa else {})


def _refund_status(row: Payment) -> str | None:
    if not row.amount_refunded:
        return None
    return FULL if row.amount_refunded >= row.amount else PARTIAL


def payment_in_link_event(row: Payment) -> dict[str, Any]:
    """Return a payment as link webhooks do: with a few more fields."""
    return payment(row) | {
        "amount_transferred": 0,
        "base_amount": row.amount,
        "card": row.card,
        "fee_bearer": row.fee_bearer or "platform",
    }


def refund(row: Refund) -> dict[str, Any]:
    """Return a refund as JSON."""
    return {
        "id": row.id,
        "entity": "refund",
        "amount": row.amount,
        "currency": row.currency,
        "payment_id": row.payment_id,
        "notes": row.notes or [],
        "receipt": row.receipt,
        "acquirer_data": row.acquirer_data,
        "created_at": row.created_at,
        "batch_id": None,
        "status": row.status,
        "speed_processed": row.speed_processed,
        "speed_requested": row.speed_requested,
    }


def collection(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a collection of orders, payments or refunds; links use another shape."""
    return {"entity": "collection", "count": len(items), "items": items}
