"""The list of a product's prices."""

from typing import Any


def test_prices_are_listed_by_pages_for_staff_alone(shop: Any, tokens: Any) -> None:
    lamp, other = shop.product(price="1"), shop.product(price="1")
    for price in ("2", "3", "4"):
        for one in (lamp, other):
            path = f"/products/{one}/"
            shop.call("PATCH", path, shop.staff, json={"price": price})
    path = f"/products/{lamp}/prices/?limit=3"

    first = shop.call("GET", path, shop.staff).json
    cursor = first["next_cursor"]
    second = shop.call("GET", f"{path}&cursor={cursor}", shop.staff).json

    found = [row["after"] for row in (*first["data"], *second["data"])]
    assert found == ["4.00", "3.00", "2.00", "1.00"]
    assert second["next_cursor"] is None
    assert shop.call("GET", path).status_code == 401
    assert shop.call("GET", path, tokens.user()).status_code == 403
    assert shop.call("GET", "/products/99/prices/", shop.staff).status_code == 404
