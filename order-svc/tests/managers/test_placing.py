"""A new order must cost what can be paid, and not be one too many."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("price", "quantity"), [("0.99", 1), ("0.00", 10), ("99999999.99", 2)]
)
def test_a_total_out_of_range_releases_the_stock(
    shop: Any, products: Any, price: str, quantity: int
) -> None:
    products.price[1] = price

    answer = shop.order(lines=[(1, quantity)])
    shop.work()

    assert (answer.status_code, answer.json["code"]) == (422, "total_out_of_range")
    assert shop.state(1) == "rejected"
    assert products.states[1] == "release final"
    assert shop.published(1) == []


@pytest.mark.parametrize(("price", "quantity"), [("1.00", 1), ("99999999.99", 1)])
def test_a_total_at_the_edge_of_its_range_is_accepted(
    shop: Any, products: Any, price: str, quantity: int
) -> None:
    products.price[1] = price

    assert shop.order(lines=[(1, quantity)]).status_code == 201


def test_too_many_unpaid_orders_of_one_user_are_refused(
    shop: Any, products: Any
) -> None:
    for _ in range(20):
        shop.placed()

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (429, "too_many_open_orders")
    assert answer.headers["Retry-After"]
    assert shop.order(shop.ravi).status_code == 201
    shop.cancel(1)
    shop.receive("payment.closed", order_id=1, reason="cancelled")
    assert shop.order().status_code == 201
