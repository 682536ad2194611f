"""Low stock: thresholds, and the list for staff."""

from typing import Any

import pytest
from test_queries import Plans

LOW = "/products/?low_stock=true"


@pytest.fixture
def low(shop: Any) -> list[int]:
    """Create products of which the first two are low; return all ids."""
    stocks = [(5, 5), (4, 5), (6, 5), (0, None), (0, 0)]
    ids = [
        shop.product(stock_quantity=stock, low_stock_threshold=threshold)
        for stock, threshold in stocks
    ]
    shop.call("DELETE", f"/products/{ids[4]}/", shop.staff)
    return ids


def found(shop: Any, path: str) -> list[int]:
    answer = shop.call("GET", path, shop.staff)
    assert answer.status_code == 200, answer.text
    return [product["id"] for product in answer.json["data"]]


def test_stock_at_or_below_its_threshold_is_low(shop: Any, low: list[int]) -> None:
    assert found(shop, LOW) == low[:2]
    assert found(shop, f"{LOW}&is_active=false") == low[4:]
    assert found(shop, f"{LOW}&sort=stock_quantity&q=kadai") == low[1::-1]
    assert found(shop, "/products/?low_stock=false") == low[:4]
    facets = shop.call("GET", "/products/facets/?low_stock=true", shop.staff)
    assert facets.json["count"] == 2


def test_the_list_follows_stock_and_threshold(shop: Any, low: list[int]) -> None:
    first, second, third, fourth, _ = low
    shop.reserve(1, {third: 6})
    shop.adjust(first, 1)
    for product, threshold in ((second, None), (fourth, 3)):
        body = {"low_stock_threshold": threshold}
        shop.call("PATCH", f"/products/{product}/", shop.staff, json=body)
    before = found(shop, LOW)

    shop.commit(1)

    assert before == [fourth]  # what is reserved is stock until it is sold
    assert found(shop, LOW) == [third, fourth]


def test_a_page_is_followed_by_the_next(shop: Any, low: list[int]) -> None:
    cursor = shop.call("GET", f"{LOW}&limit=1", shop.staff).json["next_cursor"]

    assert found(shop, f"{LOW}&limit=1&cursor={cursor}") == low[1:2]


@pytest.mark.parametrize("path", [LOW, "/products/facets/?low_stock=true"])
def test_low_stock_is_for_staff_alone(shop: Any, tokens: Any, path: str) -> None:
    statuses = [
        shop.call("GET", path, headers).status_code
        for headers in (None, tokens.user(), shop.staff, None)
    ]

    assert statuses == [401, 403, 200, 401]


def test_a_wrong_threshold_is_refused(shop: Any, subtests: Any) -> None:
    lamp = shop.product()

    for wrong in (-1, 1.5, "5", True, 10**9 + 1, 2**63):
        body = {"low_stock_threshold": wrong}
        answer = shop.call("PATCH", f"/products/{lamp}/", shop.staff, json=body)
        with subtests.test(threshold=wrong):
            assert answer.status_code == 422
            assert list(answer.json["errors"]) == ["low_stock_threshold"]


def test_the_list_reads_an_index_of_low_products(shop: Any, low: list[int]) -> None:
    plans = Plans(shop, shop.staff)
    cursor = shop.call("GET", f"{LOW}&limit=1", shop.staff).json["next_cursor"]

    for path in (LOW, f"{LOW}&limit=1&cursor={cursor}"):
        assert "ix_products_low_stock" in plans.of(path)
