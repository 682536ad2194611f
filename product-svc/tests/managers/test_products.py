"""What is refused of a product, and why."""

from typing import Any

import pytest


def test_a_sku_belongs_to_one_product_and_many_may_have_none(shop: Any) -> None:
    first, second = shop.product(sku="A-1"), shop.product()
    shop.product()

    posted = shop.call(
        "POST",
        "/products/",
        shop.staff,
        json={"name": "x", "price": "1", "stock_quantity": 0, "sku": "A-1"},
    )
    patched = shop.call(
        "PATCH", f"/products/{second}/", shop.staff, json={"sku": "A-1"}
    )
    again = shop.call("PATCH", f"/products/{first}/", shop.staff, json={"sku": "A-1"})

    codes = [answer.json.get("code") for answer in (posted, patched, again)]
    assert codes == ["sku_taken", "sku_taken", None]


def test_staff_brings_a_deleted_product_back(shop: Any) -> None:
    path = f"/products/{shop.product()}/"
    shop.call("DELETE", path, shop.staff)

    answer = shop.call("PATCH", path, shop.staff, json={"is_active": True})

    assert answer.json["is_active"] is True
    assert shop.call("GET", path).status_code == 200


@pytest.mark.parametrize(
    ("method", "body"), [("DELETE", None), ("PATCH", {"is_active": False})]
)
def test_a_product_that_open_orders_hold_stays_on_sale(
    shop: Any, method: str, body: Any
) -> None:
    product = shop.product()
    shop.reserve(1, {product: 1})
    path = f"/products/{product}/"

    held = shop.call(method, path, shop.staff, json=body)
    shop.release(1)
    released = shop.call(method, path, shop.staff, json=body)

    assert (held.status_code, held.json["code"]) == (409, "open_reservations")
    assert released.status_code in (200, 204)


def test_an_unknown_category_is_a_wrong_field(shop: Any) -> None:
    answer = shop.call(
        "PATCH", f"/products/{shop.product()}/", shop.staff, json={"category_id": 99}
    )

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["category_id"])
