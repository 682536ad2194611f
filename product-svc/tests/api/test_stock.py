"""Stock over HTTP."""

import tracemalloc
from typing import Any

import pytest

JSON = {"Content-Type": "application/json"}


def movements(shop: Any, product: int) -> list[dict[str, Any]]:
    answer = shop.call("GET", f"/products/{product}/stock/", shop.staff)
    return list(answer.json["data"])


def check(shop: Any, *lines: tuple[int, int]) -> Any:
    body = {"items": [{"product_id": p, "quantity": q} for p, q in lines]}
    return shop.call("POST", "/products/check_stock/", json=body)


def test_an_adjustment_is_a_line_of_the_ledger(shop: Any) -> None:
    product = shop.product(stock_quantity=5)

    answer = shop.adjust(product, -2, "broken in transport")

    assert answer.status_code == 201
    made = {"product_id": product, "delta": -2, "stock_quantity": 3}
    words = {"kind": "adjustment", "reason": "broken in transport", "reference": None}
    assert {**made, **words, "actor": "user:900"}.items() <= answer.json.items()
    assert movements(shop, product)[0] == answer.json


def test_the_ledger_tells_a_products_whole_story_newest_first(shop: Any) -> None:
    product = shop.product(stock_quantity=5)
    shop.adjust(product, 5)
    shop.reserve(17, {product: 4})
    shop.commit(17)
    shop.restock(17, {product: 1}, "3")

    listed = [
        (line["kind"], line["delta"], line["stock_quantity"], line["reference"])
        for line in movements(shop, product)
    ]

    assert listed == [
        ("restock", 1, 7, "17:3"),
        ("commit", -4, 6, "17"),
        ("adjustment", 5, 10, None),
        ("initial", 5, 5, None),
    ]


def test_a_product_without_stock_has_an_empty_ledger(shop: Any) -> None:
    assert movements(shop, shop.product(stock_quantity=0)) == []


def test_an_adjustment_never_takes_what_orders_hold(shop: Any) -> None:
    product = shop.product(stock_quantity=5)
    shop.reserve(1, {product: 3})

    answer = shop.adjust(product, -3)

    assert (answer.status_code, answer.json["code"]) == (409, "insufficient_stock")
    short = {"product_id": product, "requested": 3, "available": 2}
    assert answer.json["items"] == [short]
    assert shop.quantities(product) == (5, 3)


def test_stock_has_an_upper_bound(shop: Any) -> None:
    product = shop.product(stock_quantity=1)

    answer = shop.adjust(product, 1_000_000_000)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["delta"])
    assert shop.quantities(product) == (1, 0)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_stock_of_no_product_is_not_found(shop: Any, method: str) -> None:
    body = {"delta": 1, "reason": "x"}

    answer = shop.call(method, "/products/99/stock/", shop.staff, json=body)

    assert answer.status_code == 404


def test_the_same_adjustment_sent_twice_is_made_once(shop: Any) -> None:
    product = shop.product(stock_quantity=5)
    headers = {**shop.staff, "Idempotency-Key": "k"}
    body = {"delta": 1, "reason": "x"}

    answers = [
        shop.call("POST", f"/products/{product}/stock/", headers, json=body).json
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert shop.quantities(product) == (6, 0)


def test_a_check_answers_per_product_with_repeated_lines_merged(shop: Any) -> None:
    two, nine = shop.product(stock_quantity=2), shop.product(stock_quantity=9)
    shop.reserve(1, {nine: 4})

    answer = check(shop, (two, 1), (nine, 5), (two, 2))

    assert answer.status_code == 200
    assert answer.json == {
        "available": False,
        "items": [
            {"product_id": two, "requested": 3, "in_stock": 2, "available": False},
            {"product_id": nine, "requested": 5, "in_stock": 5, "available": True},
        ],
    }
    assert check(shop, (two, 2), (nine, 5)).json["available"] is True


def test_a_check_of_an_unknown_or_retired_product_is_not_found(shop: Any) -> None:
    retired = shop.product()
    shop.call("DELETE", f"/products/{retired}/", shop.staff)

    assert check(shop, (retired, 1)).status_code == 404
    assert check(shop, (99, 1)).status_code == 404


def test_the_merged_quantity_obeys_the_bound_of_a_line(shop: Any) -> None:
    product = shop.product()

    answers = [
        check(shop, *[(product, quantity)] * 2).status_code for quantity in (5000, 5001)
    ]

    assert answers == [200, 422]


def test_fifty_lines_as_sent_are_the_most(shop: Any) -> None:
    product = shop.product()

    answers = [check(shop, *[(product, 1)] * lines).status_code for lines in (50, 51)]

    assert answers == [200, 422]


def test_a_check_of_far_too_many_lines_costs_little(shop: Any) -> None:
    body = b'{"items": [' + b",".join([b"{}"] * 349_000) + b"]}"

    tracemalloc.start()
    answer = shop.call("POST", "/products/check_stock/", data=body, headers=JSON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code == 422
    assert len(answer.data) < 1000
    assert peak < 12 << 20


@pytest.mark.parametrize("lines", [51, 1000])
def test_no_line_of_too_many_is_read(shop: Any, lines: int) -> None:
    for method, path, headers in (
        ("POST", "/products/check_stock/", None),
        ("PUT", "/products/reservations/1/", shop.order_svc),
        ("POST", "/products/reservations/1/restock/", shop.order_svc),
    ):
        body = {"items": [{}] * lines, "expires_in": 5, "return_id": "1"}
        answer = shop.call(method, path, headers, json=body)
        assert answer.json["errors"]["items"] == ["Length must be between 1 and 50."]
        assert len(answer.data) < 1000
