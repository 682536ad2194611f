"""Payments: /v1/payments."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from razorpay_sandbox import entities, orders, payments, refund_idempotency, refunds
from razorpay_sandbox.api.common import (
    answer_collection,
    is_expanded,
    list_page,
    read_body,
    sandbox,
)
from razorpay_sandbox.errors import UNKNOWN_ID, Refused, answer
from razorpay_sandbox.models import Payment, Refund
from razorpay_sandbox.notes import read_notes
from razorpay_sandbox.unit_of_work import UnitOfWork

blp = Blueprint("payments", __name__, url_prefix="/payments")


@blp.get("/")
def search() -> Response:
    """List payments."""
    with sandbox().work() as work:
        rows = list_page(work, Payment, [])
        return answer_collection(rows, lambda payment: _shown(work, payment))


@blp.get("/<payment_id>")
def fetch(payment_id: str) -> Response:
    """Fetch a payment."""
    with sandbox().work() as work:
        return answer(_shown(work, payments.get(work, payment_id)))


@blp.patch("/<payment_id>")
def edit(payment_id: str) -> Response:
    """Update a payment's notes."""
    data = read_body()
    with sandbox().work() as work:
        payment = payments.get(work, payment_id)
        orders.refuse_extra(data, ["notes"])
        payment.notes = read_notes(data)
        return answer(entities.payment(payment))


@blp.post("/<payment_id>/capture")
def capture(payment_id: str) -> Response:
    """Capture an authorized payment."""
    data = read_body()
    with sandbox().work() as work:
        payment = payments.get(work, payment_id)
        payments.capture_by_api(work, payment, data)
        return answer(entities.payment(payment))


@blp.post("/<payment_id>/refund")
def refund(payment_id: str) -> Response:
    """Refund a payment."""
    return answer_refund(payment_id, read_body())


@blp.get("/<payment_id>/refunds")
def list_refunds(payment_id: str) -> Response:
    """List a payment's refunds."""
    with sandbox().work() as work:
        payment = payments.get(work, payment_id)
        rows = list_page(work, Refund, [Refund.payment_id == payment.id])
        return answer_collection(rows, entities.refund)


@blp.get("/<payment_id>/refunds/<refund_id>")
def fetch_refund(payment_id: str, refund_id: str) -> Response:
    """Fetch one refund of a payment."""
    with sandbox().work() as work:
        found = refunds.get(work, refund_id)
        if found.payment_id != payments.get(work, payment_id).id:
            raise Refused(UNKNOWN_ID)
        return answer(entities.refund(found))


def answer_refund(payment_id: str, data: dict[str, Any]) -> Response:
    """Create a refund, at most once for each idempotency key."""
    key = refund_idempotency.check(request.headers.get(refund_idempotency.HEADER))
    fingerprint = refund_idempotency.fingerprint_of(payment_id, data)
    with sandbox().refunds_in_flight.hold(key), sandbox().work() as work:
        found = refund_idempotency.find(work, key, fingerprint)
        if found is None:
            refunds.check_balance(sandbox().low_balance)
            found = refunds.create(work, payments.get(work, payment_id), data)
            refund_idempotency.remember(work, key, fingerprint, found)
        return answer(entities.refund(found))


def _shown(work: UnitOfWork, payment: Payment) -> dict[str, Any]:
    entity = entities.payment(payment)
    if is_expanded("card") and payment.card:
        entity["card"] = payment.card
    if is_expanded("refunds"):
        query = select(Refund).where(Refund.payment_id == payment.id)
        rows = [entities.refund(row) for row in work.session.scalars(query)]
        entity["refunds"] = entities.collection(rows)
    return entity
