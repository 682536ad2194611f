"""Staff refund no more than was paid, and restock no more than was sold."""

from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import Forbidden
from order_svc.extensions import db
from order_svc.steps import Context


def test_never_more_is_refunded_than_was_paid(shop: Any) -> None:
    order = shop.confirmed()

    first = shop.refund(order, amount="998.01")
    shop.refund(order, amount="900.00")
    second = shop.refund(order, amount="98.01")

    for answer in (first, second):
        assert (answer.status_code, answer.json["code"]) == (409, "refund_too_large")
    assert len(shop.refunds(order)) == 1


def test_named_goods_are_restocked_once_each(shop: Any, products: Any) -> None:
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


def test_goods_that_are_not_named_are_not_restocked(shop: Any, products: Any) -> None:
    order = shop.confirmed()

    shop.refund(order)
    shop.work()

    assert products.count("restock") == 0


def test_goods_of_another_order_are_not_restocked(shop: Any) -> None:
    order = shop.confirmed()

    answer = shop.refund(order, items=[{"product_id": 9, "quantity": 1}])

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["items"]
    assert shop.state(order) == "confirmed"


def test_goods_that_were_never_committed_are_not_restocked(
    shop: Any, products: Any
) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = (409, {"code": "reservation_gone"})
    shop.work()
    shop.refunded(order, "refund.failed")

    answer = shop.refund(order, items=[{"product_id": 1, "quantity": 1}])

    assert (answer.status_code, answer.json["code"]) == (409, "not_committed")


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


def test_several_parts_do_not_exceed_the_limit_either(shop: Any, products: Any) -> None:
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
        manager = Context.start().orders
        with pytest.raises(Forbidden):
            manager.refund(order, amount=None, items={}, note="x", limit=Decimal(997))
        db.session.commit()

    assert shop.refunds(order) == []
    assert shop.state(order) == "confirmed"


@pytest.mark.parametrize("amount", ["0.01", "0.99"])
def test_a_part_below_one_rupee_is_refused_unless_no_more_remains(
    shop: Any, amount: str
) -> None:
    order = shop.confirmed()

    refused = shop.refund(order, amount=amount)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["amount"])
    assert shop.refunds(order) == []
    rest = Decimal("998.00") - Decimal(amount)
    assert shop.refund(order, amount=str(rest)).status_code == 202
    assert shop.refund(order, amount=amount).status_code == 202
