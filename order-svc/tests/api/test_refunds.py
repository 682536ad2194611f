"""Refunds by staff, and those that payment-svc begins itself."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from chassis.errors import Forbidden
from order_svc.extensions import db
from order_svc.models import OrderRefund
from order_svc.schemas import RefundSchema
from order_svc.steps import Work


def test_staff_return_all_that_was_paid(shop: Any) -> None:
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


def test_never_more_goes_back_than_was_paid(shop: Any) -> None:
    order = shop.confirmed()

    first = shop.refund(order, amount="998.01")
    shop.refund(order, amount="900.00")
    second = shop.refund(order, amount="98.01")

    for answer in (first, second):
        assert (answer.status_code, answer.json["code"]) == (409, "refund_too_large")
    assert len(shop.refunds(order)) == 1


@pytest.mark.parametrize("way", ["awaiting_payment", "paid", "cancelled"])
def test_an_order_without_money_to_return_is_not_refunded(shop: Any, way: str) -> None:
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


def test_goods_that_are_named_come_back_once_each(shop: Any, products: Any) -> None:
    order = shop.confirmed(lines=[(1, 2)])
    line = {"product_id": 1, "quantity": 1}

    shop.refund(order, amount="1.00", items=[line])
    shop.refund(order, amount="1.00", items=[line])
    third = shop.refund(order, amount="1.00", items=[line])
    shop.work()

    assert (third.status_code, third.json["code"]) == (409, "restock_too_large")
    asked = [body for what, body in products.requests if what == "restock"]
    assert asked == [
        (order, {"return_id": "refund-1", "items": [line]}),
        (order, {"return_id": "refund-2", "items": [line]}),
    ]
    assert shop.stock_commands(order) == [("restock", "done")] * 2


def test_no_goods_come_back_that_nobody_names(shop: Any, products: Any) -> None:
    order = shop.confirmed()

    shop.refund(order)
    shop.work()

    assert products.count("restock") == 0


def test_goods_of_another_order_do_not_come_back(shop: Any) -> None:
    order = shop.confirmed()

    answer = shop.refund(order, items=[{"product_id": 9, "quantity": 1}])

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["items"]
    assert shop.state(order) == "confirmed"


def test_goods_that_never_left_do_not_come_back(shop: Any, products: Any) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = (409, {"code": "reservation_gone"})
    shop.work()
    shop.refunded(order, "refund.failed")

    answer = shop.refund(order, items=[{"product_id": 1, "quantity": 1}])

    assert (answer.status_code, answer.json["code"]) == (409, "not_committed")


def test_a_failed_refund_is_asked_for_again_by_staff_under_a_new_number(
    shop: Any,
) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order, "refund.failed")
    assert shop.get(order)["status"] == "refunding"

    answer = shop.refund(order)
    shop.refunded(order)

    assert answer.json["amount"] == "998.00"
    rows = [(row["n"], row["state"]) for row in shop.refunds(order)]
    assert rows == [(1, "failed"), (2, "processed")]
    assert shop.get(order)["status"] == "refunded"


def test_a_refund_that_is_done_is_not_undone_by_late_news(shop: Any) -> None:
    order = shop.confirmed()
    shop.refund(order)
    shop.refunded(order)

    shop.refunded(order, "refund.failed")
    shop.refunded(order)

    assert shop.get(order)["status"] == "refunded"
    assert [row["state"] for row in shop.refunds(order)] == ["processed"]


def test_a_refund_begun_at_payment_svc_counts_and_each_copy_is_answered(
    shop: Any,
) -> None:
    order = shop.confirmed()
    facts = {"order_id": order, "payment_id": 501, "reason": "direct", "n": 1}

    for _ in range(2):
        shop.receive("refund.processed", **facts, refund_id=7, amount="98.00")

    assert shop.get(order)["refunded_amount"] == "98.00"
    answers = [d for _, d in shop.published(order) if d.get("refund_id") == 7]
    assert [answer["outcome"] for answer in answers] == ["kept", "kept"]
    assert shop.refund(order).json["amount"] == "900.00"


def test_a_direct_refund_of_all_ends_the_order(shop: Any) -> None:
    order = shop.confirmed()

    shop.receive(
        "refund.processed",
        order_id=order,
        payment_id=501,
        reason="direct",
        n=1,
        refund_id=7,
        amount="998.00",
    )

    assert shop.get(order)["status"] == "refunded"


def test_a_large_refund_is_for_admins_alone(shop: Any, products: Any) -> None:
    products.price[1] = "60000.00"
    order = shop.placed()
    shop.pay(order, amount="120000.00")
    shop.work()

    refused = shop.refund(order)

    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert shop.state(order) == "confirmed"
    assert shop.refund(order, amount="100000.00").status_code == 202
    assert shop.refund(order, shop.admin).status_code == 202
    assert [row["actor"] for row in shop.refunds(order)] == ["user:900", "user:999"]


def test_parts_do_not_pass_the_limit_where_the_whole_does_not(
    shop: Any, products: Any
) -> None:
    products.price[1] = "75000.00"
    order = shop.placed()
    shop.pay(order, amount="150000.00")
    shop.work()
    shop.refund(order, amount="100000.00")

    refused = shop.refund(order, amount="50000.00")

    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert len(shop.refunds(order)) == 1
    assert shop.state(order) == "confirmed"
    shop.refunded(order, "refund.failed")
    assert shop.refund(order, amount="100000.00").status_code == 202
    assert shop.refund(order, shop.admin, amount="50000.00").status_code == 202


def test_the_manager_refuses_a_large_refund_before_anything_is_changed(
    shop: Any,
) -> None:
    order = shop.confirmed()
    with shop.app.app_context():
        manager = Work.start().orders
        with pytest.raises(Forbidden):
            manager.refund(order, amount=None, items={}, note="x", limit=Decimal(997))
        db.session.commit()

    assert shop.refunds(order) == []
    assert shop.state(order) == "confirmed"


@pytest.mark.parametrize("amount", ["0.01", "0.99"])
def test_a_part_below_one_rupee_is_refused_unless_it_is_the_whole_rest(
    shop: Any, amount: str
) -> None:
    order = shop.confirmed()

    refused = shop.refund(order, amount=amount)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["amount"])
    assert shop.refunds(order) == []
    rest = Decimal("998.00") - Decimal(amount)
    assert shop.refund(order, amount=str(rest)).status_code == 202
    assert shop.refund(order, amount=amount).status_code == 202


@pytest.mark.parametrize(
    ("kind", "status"),
    [("refund.processed", "PROCESSED"), ("refund.failed", "FAILED")],
)
def test_a_refund_is_told_in_the_payments_words(
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
