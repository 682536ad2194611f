"""The rows of the ledger."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from razorpay_sandbox import disputes, entities
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.api.links import link_with_payments
from razorpay_sandbox.control.common import get
from razorpay_sandbox.errors import answer
from razorpay_sandbox.models import Dispute, Event, Link, Order, Payment, Refund
from razorpay_sandbox.unit_of_work import UnitOfWork

blp = Blueprint("control_ledger", __name__, url_prefix="/control")


@blp.get("/ledger/")
def ledger() -> Response:
    """Return all rows of the ledger; `?bodies=1` includes the bodies of events."""
    bodies = request.args.get("bodies") == "1"
    with sandbox().work() as work:
        found = {
            "links": _all(work, Link, lambda link: link_entity(work, link)),
            "orders": _all(work, Order, entities.order),
            "payments": _all(work, Payment, payment_entity),
            "refunds": _all(work, Refund, entities.refund),
            "disputes": _all(work, Dispute, disputes.entity),
            "events": _all(work, Event, lambda row: _event(row, bodies=bodies)),
        }
    return answer(found)


@blp.get("/links/")
def search() -> Response:
    """Return all links, or only those with the given reference id."""
    reference_id = request.args.get("reference_id")
    wanted = {"reference_id": reference_id} if reference_id else {}
    with sandbox().work() as work:
        rows = _all(work, Link, lambda link: link_entity(work, link), **wanted)
    return answer({"links": rows})


@blp.get("/links/<link_id>/")
def show(link_id: str) -> Response:
    """Return one link."""
    with sandbox().work() as work:
        return answer(link_entity(work, get(work, Link, link_id)))


def link_entity(work: UnitOfWork, link: Link) -> dict[str, Any]:
    """Return a link with its payments, and whether it can be paid."""
    return link_with_payments(work, link) | {"payable": link.payable}


def payment_entity(payment: Payment) -> dict[str, Any]:
    """Return a payment with the id of its link."""
    return entities.payment(payment) | {"plink_id": payment.link_id}


def _all(
    work: UnitOfWork, table: Any, shape: Callable[[Any], dict[str, Any]], **wanted: Any
) -> list[dict[str, Any]]:
    query = select(table).filter_by(**wanted).order_by(table.number)
    rows: Iterable[Any] = work.session.scalars(query)
    return [shape(row) for row in rows]


def _event(row: Event, *, bodies: bool) -> dict[str, Any]:
    event = {
        "id": row.id,
        "event": row.event,
        "created_at": row.created_at,
        "attempts": row.attempts,
        "last_result": row.last_result,
        "delivered_at": row.delivered_at,
        "next_attempt_at": row.next_attempt_at,
    }
    return event | ({"body": json.loads(row.body)} if bodies else {})
