"""Suggestions and facets."""

from typing import Any


def test_a_search_box_gets_products_and_categories(shop: Any) -> None:
    pans = shop.category(name="Karahi pans")
    first = shop.product(name="Steel kadai")
    second = shop.product(name="Kadai")

    answer = shop.call("GET", "/products/suggest/?q=ka")

    assert answer.json == {
        "products": [
            {"id": second, "name": "Kadai"},
            {"id": first, "name": "Steel kadai"},
        ],
        "categories": [{"id": pans, "name": "Karahi pans"}],
    }


def test_a_box_needs_something_typed(shop: Any) -> None:
    for query in ("", "?q=", "?q=%20", f"?q={'x' * 101}", "?q=a&limit=2"):
        answer = shop.call("GET", f"/products/suggest/{query}")

        assert answer.status_code == 422, query


def test_facets_count_what_a_list_would_find(shop: Any) -> None:
    pans = shop.category(name="Pans")
    shop.product(name="Kadai one", price="99.99", category_id=pans)
    shop.product(name="Kadai two", price="100", category_id=pans, stock_quantity=0)
    shop.product(name="Kadai three", price="30000")
    shop.product(name="Tawa")

    answer = shop.call("GET", "/products/facets/?q=kadai")

    assert answer.json == {
        "count": 3,
        "is_more": False,
        "categories": [{"id": pans, "name": "Pans", "count": 2}],
        "prices": [
            {"min_price": "0.00", "max_price": "99.99", "count": 1},
            {"min_price": "100.00", "max_price": "249.99", "count": 1},
            {"min_price": "25000.00", "max_price": None, "count": 1},
        ],
        "in_stock": 2,
        "out_of_stock": 1,
    }


def test_only_staff_count_what_is_off_sale(shop: Any) -> None:
    path = "/products/facets/?is_active=false"

    statuses = [shop.call("GET", path, who).status_code for who in (None, shop.staff)]

    assert statuses == [401, 200]
