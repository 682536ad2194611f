"""Orders: /v1/orders."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import ColumnElement, select

from razorpay_sandbox import entities, orders
from razorpay_sandbox.api.common import (
    answer_collection,
    is_expanded,
    list_page,
    read_body,
    sandbox,
)
from razorpay_sandbox.errors import answer
from razorpay_sandbox.models import Order, Payment
from razorpay_sandbox.notes import read_notes
from razorpay_sandbox.unit_of_work import UnitOfWork

blp = Blueprint("orders", __name__, url_prefix="/orders")


@blp.post("/")
def create() -> Response:
    """Create an order."""
    data = read_body()
    with sandbox().work() as work:
        return answer(entities.order(orders.create(work, data)))


@blp.get("/")
def search() -> Response:
    """List orders."""
    with sandbox().work() as work:
        rows = list_page(work, Order, _conditions())
        return answer_collection(rows, lambda order: _shown(work, order))


@blp.get("/<order_id>")
def fetch(order_id: str) -> Response:
    """Fetch an order."""
    with sandbox().work() as work:
        return answer(_shown(work, orders.get(work, order_id)))


@blp.patch("/<order_id>")
def edit(order_id: str) -> Response:
    """Update an order's notes."""
    data = read_body()
    with sandbox().work() as work:
        order = orders.get(work, order_id)
        orders.refuse_extra(data, ["notes"])
        order.notes = read_notes(data)
        return answer(entities.order(order))


@blp.get("/<order_id>/payments")
def list_payments(order_id: str) -> Response:
    """List all payment attempts of an order, failed ones included."""
    with sandbox().work() as work:
        rows = _payments(work, orders.get(work, order_id))
        return answer_collection(rows, entities.payment)


def _payments(work: UnitOfWork, order: Order) -> list[Payment]:
    query = select(Payment).where(Payment.order_id == order.id)
    query = query.order_by(Payment.number.desc())
    return list(work.session.scalars(query))


def _shown(work: UnitOfWork, order: Order) -> dict[str, Any]:
    entity = entities.order(order)
    if is_expanded("payments"):
        rows = [entities.payment(payment) for payment in _payments(work, order)]
        entity["payments"] = entities.collection(rows)
    return entity


def _conditions() -> list[ColumnElement[bool]]:
    conditions = []
    if receipt := request.args.get("receipt"):
        conditions.append(Order.receipt == receipt)
    if request.args.get("authorized") == "1":
        settled = select(Payment.order_id).where(
            Payment.status.in_(("authorized", "captured", "refunded"))
        )
        conditions.append(Order.id.in_(settled))
    return conditions
