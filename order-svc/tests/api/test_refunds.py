"""Refunds by staff."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from order_svc.extensions import db
from order_svc.models import OrderRefund, Outbox
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


def messages(shop: Any, order: int) -> list[Any]:
    """Return the outbox rows of the order's refund requests."""
    with shop.app.app_context():
        rows = select(Outbox).filter_by(
            subject=f"orders/{order}", type="refund.requested"
        )
        return list(db.session.scalars(rows.order_by(Outbox.id)))


def test_the_note_and_the_role_of_staff_go_to_payment_svc(shop: Any) -> None:
    order = shop.confirmed()
    shop.refund(order, amount="10", reason="A scratch")
    shop.refund(order, shop.admin, amount="10", reason="Another")

    first, second = (message.data for message in messages(shop, order))
    assert (first["note"], first.get("by_admin")) == ("A scratch", None)
    assert (second["note"], second["by_admin"]) == ("Another", True)


def test_a_repeated_request_has_the_correlation_id_of_the_first(
    shop: Any, pass_seconds: Any
) -> None:
    order = shop.confirmed()
    headers = {**shop.staff, "X-Correlation-ID": "refund-of-today"}
    shop.refund(order, headers, amount="10")
    pass_seconds(24 * 3600)
    shop.work()

    found = [message.correlation_id for message in messages(shop, order)]
    assert len(found) > 1
    assert set(found) == {"refund-of-today"}
    lines = [h for h in shop.history(order) if h["name"] == "refund.requested"]
    assert {line["correlation_id"] for line in lines} == {"refund-of-today"}


def test_a_direct_refund_counts_for_the_limit(shop: Any) -> None:
    order = shop.confirmed()
    settings = replace(shop.app.extensions["settings"], refund_limit=Decimal("950.00"))
    shop.app.extensions["settings"] = settings
    facts = {"order_id": order, "payment_id": 500 + order, "refund_id": 1}
    direct = {"reason": "direct", "n": 1, "amount": "900.00", "note": "Broken"}
    shop.receive("refund.processed", **facts, **direct)

    assert shop.refund(order, amount="50.01").status_code == 403
    assert shop.refund(order, amount="50").status_code == 202
    [refund] = [r for r in shop.refunds(order) if r["reason"] == "direct"]
    assert refund["note"] == "Broken"


def test_the_cause_of_a_failed_refund_is_in_the_timeline(shop: Any) -> None:
    order = shop.confirmed()
    shop.refund(order, amount="10")
    why = "only an admin may refund more than 100000.00 of one order"
    shop.refunded(order, "refund.failed", detail=why)

    assert f"staff: {why}" in [line["reason"] for line in shop.timeline(order)]
