"""Reservations over HTTP."""

from typing import Any


def test_a_reservation_is_answered_as_the_contract_says(shop: Any) -> None:
    product = shop.product(name="Tawa", price="299.50")

    answer = shop.reserve(17, {product: 2})

    assert answer.status_code == 201
    made = answer.json
    assert made.pop("expires_at").endswith("Z")
    line = {"product_id": product, "name": "Tawa", "price": "299.50", "quantity": 2}
    assert made == {"order_id": 17, "state": "held", "items": [line]}


def test_a_reservation_is_shown_to_staff_and_order_svc(shop: Any) -> None:
    made = shop.reserve(17, {shop.product(): 2}).json

    for headers in (shop.staff, shop.order_svc):
        shown = shop.call("GET", "/products/reservations/17/", headers)
        assert (shown.status_code, shown.json) == (200, made)


def test_a_reservation_that_was_never_made_is_not_found(shop: Any) -> None:
    answer = shop.call("GET", "/products/reservations/17/", shop.staff)

    assert answer.status_code == 404


def test_a_token_of_another_scope_or_audience_does_not_reserve(
    shop: Any, tokens: Any
) -> None:
    product = shop.product()
    body = {"items": [{"product_id": product, "quantity": 1}], "expires_in": 60}

    statuses = [
        shop.call("PUT", "/products/reservations/1/", headers, json=body).status_code
        for headers in (
            tokens.service("order-svc", "product-svc", "users:read"),
            tokens.service("order-svc", "payment-svc", "stock:reserve"),
        )
    ]

    assert statuses == [403, 401]
    assert shop.quantities(product) == (5, 0)
