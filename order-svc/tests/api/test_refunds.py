"""Refunds by staff."""

from typing import Any

import pytest
from sqlalchemy import select

from order_svc.extensions import db
from order_svc.models import OrderRefund
from order_svc.schemas import RefundSchema


def test_staff_refund_the_whole_payment(shop: Any) -> None:
    order = shop.confirmed()

    answer = shop.refund(order, reason="Too bright")

    assert answer.status_code == 202
    assert answer.headers["Retry-After"]
    refund = answer.json
    assert (refund["amount"], refund["reason"]) == ("998.00", "staff")
    assert (refund["note"], refund["status"]) == ("Too bright", "PENDING")
    assert set(refund) == {
        *("id", "payment_id", "amount", "reason", "note", "status", "created_at")
    }
    assert shop.get(order)["status"] == "refunding"
    shop.refunded(order)
    shown = shop.get(order)
    assert (shown["status"], shown["refunded_amount"]) == ("refunded", "998.00")


def test_a_staff_refund_changes_no_outcome(shop: Any) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order)

    shop.pay(order)

    settled = [data for kind, data in shop.published(order) if kind == "order.settled"]
    assert [data["outcome"] for data in settled] == ["kept", "kept"]


def test_parts_leave_the_order_completed_until_they_are_the_whole(shop: Any) -> None:
    order = shop.confirmed()

    shop.refund(order, amount="99")
    shop.refunded(order)
    part = shop.get(order)
    shop.refund(order)
    shop.refunded(order)
    whole = shop.get(order)

    assert (part["status"], part["refunded_amount"]) == ("success", "99.00")
    assert part["payment"]["status"] == "PARTIALLY_REFUNDED"
    assert (whole["status"], whole["refunded_amount"]) == ("refunded", "998.00")
    assert [(r["n"], f"{r['amount']}") for r in shop.refunds(order)] == [
        (1, "99.00"),
        (2, "899.00"),
    ]


@pytest.mark.parametrize("way", ["awaiting_payment", "paid", "cancelled"])
def test_an_order_without_a_payment_is_not_refunded(shop: Any, way: str) -> None:
    order = shop.placed()
    if way == "paid":
        shop.pay(order)
    if way == "cancelled":
        shop.cancel(order)
        shop.receive("payment.closed", order_id=order, reason="cancelled")
    assert shop.state(order) == way

    answer = shop.refund(order)

    assert (answer.status_code, answer.json["code"]) == (409, "not_refundable")
    assert shop.refunds(order) == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [("refund.processed", "PROCESSED"), ("refund.failed", "FAILED")],
)
def test_a_refund_shows_the_status_of_payment_svc(
    shop: Any, kind: str, status: str
) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order, kind)

    with shop.app.app_context():
        refund = db.session.scalars(select(OrderRefund)).one()
        assert RefundSchema().dump(refund)["status"] == status


def test_the_same_key_refunds_once(shop: Any) -> None:
    order = shop.confirmed()
    path, body = f"/orders/{order}/refund/", {"reason": "x", "amount": "1.00"}
    key = {"Idempotency-Key": "k"}

    answers = [
        shop.call("POST", path, shop.staff, json=body, headers=key) for _ in range(2)
    ]

    assert answers[0].json == answers[1].json
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(shop.refunds(order)) == 1
