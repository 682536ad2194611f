"""What customers and staff do with orders."""

from typing import Any

import pytest

from chassis.errors import NotFound
from order_svc.extensions import db
from order_svc.models import OrderStatus
from order_svc.steps import Context


@pytest.fixture
def orders(shop: Any) -> Any:
    for who in (shop.asha, shop.asha, shop.ravi):
        shop.placed(who=who)
    with shop.app.app_context():
        yield Context.start("user:17").orders


def test_an_order_of_another_user_is_not_found(orders: Any) -> None:
    assert orders.get(3).id == orders.get(3, 18).id == 3
    for read in (orders.get, orders.lock, orders.cancel, orders.timeline):
        with pytest.raises(NotFound, match="There is no order 3"):
            read(3, 17)


@pytest.mark.parametrize(
    ("query", "user_id", "expected"),
    [
        ({}, None, [1, 2, 3]),
        ({}, 17, [1, 2]),
        ({"user_id": 18}, None, [3]),
        ({"user_id": 18}, 17, []),
        ({"status": OrderStatus.PENDING}, 17, [1, 2]),
        ({"status": OrderStatus.SUCCESS}, None, []),
    ],
)
def test_a_search_filters_and_keeps_to_the_user(
    orders: Any, query: Any, user_id: int | None, expected: list[int]
) -> None:
    found = db.session.scalars(orders.search(query, user_id))

    assert sorted(order.id for order in found) == expected


def test_equal_values_do_not_change_the_version(orders: Any) -> None:
    order = orders.lock(1)
    before = order.version

    orders.change(order, {"note": order.note})
    assert order.version == before

    orders.change(order, {"note": "Ring twice"})
    assert (order.version, order.note) == (before + 1, "Ring twice")
