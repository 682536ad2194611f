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


def test_a_reservation_changes_only_in_the_version_that_is_named(shop: Any) -> None:
    product, path = shop.product(stock_quantity=5), "/products/reservations/17/"
    body = {"items": [{"product_id": product, "quantity": 2}], "expires_in": 60}

    def call(method: str, condition: str) -> Any:
        headers = {**shop.order_svc, "If-Match": condition}
        sent = body if method == "PUT" else None
        return shop.call(method, path, headers, json=sent).status_code

    assert call("PUT", "*") == 412
    assert shop.call("PUT", path, shop.order_svc, json=body).status_code == 201
    tag = shop.call("GET", path, shop.order_svc).headers["ETag"]
    assert [call("DELETE", condition) for condition in ('"x', '"x"')] == [400, 412]
    assert [call("PUT", tag), call("DELETE", tag)] == [200, 204]
