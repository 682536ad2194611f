"""What the unpaid orders of a customer and of an address may hold of a product."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from order_svc.extensions import db
from order_svc.models import Order


@pytest.fixture
def shop_with(app: Flask, shop: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the shop with small caps: 5, 2 and 8."""
    caps = {"customer": 5, "address": 8}
    fields = {f"max_held_by_{name}": most for name, most in caps.items()}
    small = replace(app.extensions["settings"], **fields, max_held_unverified=2)
    monkeypatch.setitem(app.extensions, "settings", small)
    return shop


def test_an_unpaid_order_for_the_whole_stock_is_refused(shop: Any) -> None:
    answer = shop.order(lines=[(1, 500)])

    assert (answer.status_code, answer.json["code"]) == (409, "too_much_held")
    assert (answer.json["held_by"], answer.json["most"]) == ("customer", 100)
    assert shop.order(lines=[(1, 100)]).status_code == 201


def test_all_unpaid_orders_of_a_customer_count_together(shop_with: Any) -> None:
    first = shop_with.placed(lines=[(1, 3)])
    shop_with.placed(lines=[(2, 5)])

    answer = shop_with.order(lines=[(1, 3), (3, 1)])

    assert answer.json["items"] == [{"product_id": 1, "requested": 3, "held": 3}]
    assert "at most 5 pieces" in answer.json["detail"]
    assert shop_with.order(lines=[(1, 2)]).status_code == 201
    shop_with.pay(first, amount="1497.00")
    assert shop_with.order(lines=[(1, 3)]).status_code == 201


def test_an_order_that_is_being_cancelled_still_holds_its_stock(shop_with: Any) -> None:
    order = shop_with.placed(lines=[(1, 5)])
    shop_with.cancel(order)

    assert shop_with.order(lines=[(1, 1)]).status_code == 409
    shop_with.receive("payment.closed", order_id=order, reason="cancelled")

    assert shop_with.order(lines=[(1, 5)]).status_code == 201


def test_an_unverified_account_may_hold_less(shop_with: Any, users: Any) -> None:
    users.users[17] = {"email_verified": False}

    answer = shop_with.order(lines=[(1, 3)])

    assert (answer.status_code, answer.json["held_by"]) == (409, "unverified")
    assert shop_with.order(lines=[(1, 2)]).status_code == 201
    users.users[17] = {"email_verified": True}
    assert shop_with.order(lines=[(1, 3)]).status_code == 201


def test_the_customers_of_one_address_count_together(shop_with: Any) -> None:
    shop_with.placed(lines=[(1, 5)])

    answer = shop_with.order(shop_with.ravi, lines=[(1, 4)])

    assert (answer.status_code, answer.json["held_by"]) == (409, "address")
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert shop_with.order(shop_with.ravi, [(1, 4)], **elsewhere).status_code == 201


def test_staff_may_order_any_quantity_for_a_customer(app: Flask, shop: Any) -> None:
    answer = shop.order(shop.staff, [(1, 500)], body={"user_id": 17})

    assert answer.status_code == 201
    assert shop.row(1).placed_from is None
    assert shop.order(lines=[(1, 1)]).json["items"][0]["held"] == 500


def test_the_address_of_an_order_is_not_stored_in_clear(shop: Any) -> None:
    shop.placed()

    assert len(str(shop.row(1).placed_from)) == 64
    assert "127.0.0.1" not in str(shop.row(1).placed_from)


def test_a_refused_order_leaves_no_row(app: Flask, shop_with: Any) -> None:
    shop_with.order(lines=[(1, 6)])

    with app.app_context():
        assert db.session.query(Order).count() == 0
