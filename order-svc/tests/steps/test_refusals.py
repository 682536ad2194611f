"""A refused reservation is an error that names what was refused."""

from typing import Any

SHORT = [{"product_id": 1, "requested": 2, "available": 1}]


def test_too_little_stock_names_the_short_lines_and_leaves_a_failed_order(
    shop: Any, products: Any
) -> None:
    refusal = {"code": "insufficient_stock", "detail": "Short.", "items": SHORT}
    products.answers["reserve"] = (409, refusal)

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (409, "insufficient_stock")
    assert answer.json["items"] == SHORT
    assert shop.get(1)["status"] == "failed"
    assert shop.published(1) == []
    shop.work()
    assert products.count("release final") == 0


def test_an_unknown_product_is_named(shop: Any, products: Any) -> None:
    refusal = {"code": "unknown_product", "detail": "No.", "product_ids": [1]}
    products.answers["reserve"] = (409, refusal)

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (422, "unknown_product")
    assert answer.json["product_ids"] == [1]
    assert shop.state(1) == "rejected"


def test_a_gone_reservation_fails_the_order(shop: Any, products: Any) -> None:
    products.states[1] = "release final"

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (409, "reservation_gone")
    assert shop.state(1) == "rejected"
