"""Lists of orders: own ones, in pages, filtered and sorted."""

from typing import Any

import pytest


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [order["id"] for order in answer.json["data"]]


@pytest.fixture
def orders(shop: Any) -> list[int]:
    asha = [shop.placed(lines=[(1, n)]) for n in (3, 1, 2)]
    return [*asha, shop.placed(who=shop.ravi)]


def test_customers_see_their_own_and_staff_see_all(
    shop: Any, orders: list[int]
) -> None:
    assert ids(shop.call("GET", "/orders/", shop.asha)) == orders[2::-1]
    assert ids(shop.call("GET", "/orders/", shop.ravi)) == orders[3:]
    assert ids(shop.call("GET", "/orders/", shop.staff)) == orders[::-1]


def test_a_filter_never_shows_what_is_not_ones_own(
    shop: Any, orders: list[int]
) -> None:
    path = "/orders/?user_id="

    assert ids(shop.call("GET", f"{path}18", shop.asha)) == []
    assert ids(shop.call("GET", f"{path}17", shop.asha)) == orders[2::-1]
    assert ids(shop.call("GET", f"{path}18", shop.staff)) == orders[3:]


@pytest.mark.parametrize(
    ("sort", "places"),
    [
        ("id", [0, 1, 2]),
        ("-id", [2, 1, 0]),
        ("total_price", [1, 2, 0]),
        ("-total_price", [0, 2, 1]),
        ("created_at", [0, 1, 2]),
        ("-created_at", [2, 1, 0]),
    ],
)
def test_pages_of_one_make_the_whole_list(
    shop: Any, orders: list[int], sort: str, places: list[int]
) -> None:
    path, seen = f"/orders/?limit=1&sort={sort}", []
    while path:
        answer = shop.call("GET", path, shop.asha)
        seen += ids(answer)
        cursor = answer.json["next_cursor"]
        path = f"/orders/?limit=1&sort={sort}&cursor={cursor}" if cursor else ""
        assert bool(cursor) == ("Link" in answer.headers)

    assert seen == [orders[place] for place in places]


def test_lists_are_filtered_by_status_and_time(shop: Any, orders: list[int]) -> None:
    shop.cancel(orders[0])
    shop.receive("payment.closed", order_id=orders[0], reason="cancelled")
    shop.pay(orders[1], amount="499.00")
    shop.work()
    first = shop.get(orders[0])["created_at"]

    def filtered(query: str) -> list[int]:
        return ids(shop.call("GET", f"/orders/?sort=id&{query}", shop.asha))

    assert filtered("status=cancelled") == orders[:1]
    assert filtered("status=success") == orders[1:2]
    assert filtered("status=pending") == orders[2:3]
    assert filtered(f"created_to={first}") == orders[:1]
    assert filtered(f"created_from={first}") == orders[:3]
    assert filtered("created_from=2100-01-01T00:00:00Z") == []


def test_a_cursor_of_somebody_else_or_other_filters_is_refused(
    shop: Any, orders: list[int]
) -> None:
    page = shop.call("GET", "/orders/?limit=1", shop.asha).json
    path = f"/orders/?limit=1&cursor={page['next_cursor']}"

    assert shop.call("GET", path, shop.ravi).status_code == 422
    assert shop.call("GET", f"{path}&status=pending", shop.asha).status_code == 422
    assert shop.call("GET", f"{path}x", shop.asha).status_code == 422
    assert shop.call("GET", path, shop.asha).status_code == 200
