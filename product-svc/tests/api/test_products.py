"""Products over HTTP."""

from typing import Any

import pytest

MISSING = 2**63 - 1


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [product["name"] for product in answer.json["data"]]


def test_a_new_product_is_answered_whole_and_found_at_its_location(shop: Any) -> None:
    category = shop.category(name="Cookware")
    body = {
        "name": "  Cast iron kadai ",
        "description": "Heavy.\nReady for pakoras.",
        "price": "499",
        "stock_quantity": 7,
        "category_id": category,
        "sku": "COOK-1",
    }

    answer = shop.call("POST", "/products", shop.staff, json=body)

    assert answer.status_code == 201
    made = answer.json
    assert {k: v for k, v in made.items() if not k.endswith("_at")} == {
        "id": made["id"],
        "sku": "COOK-1",
        "name": "Cast iron kadai",
        "description": "Heavy.\nReady for pakoras.",
        "price": "499.00",
        "stock_quantity": 7,
        "available_quantity": 7,
        "low_stock_threshold": None,
        "is_active": True,
        "category": {"id": category, "name": "Cookware"},
    }
    assert answer.headers["Location"] == f"http://127.0.0.1/products/{made['id']}/"
    shown = shop.call("GET", f"/products/{made['id']}")
    assert (shown.json, shown.headers["ETag"]) == (made, answer.headers["ETag"])


def test_what_is_reserved_is_not_available(shop: Any) -> None:
    product = shop.product(stock_quantity=5)
    shop.reserve(1, {product: 2})

    shown = shop.call("GET", f"/products/{product}/").json

    assert (shown["stock_quantity"], shown["available_quantity"]) == (5, 3)


def test_put_replaces_all_that_may_change(shop: Any) -> None:
    product = shop.product(sku="A", description="old", category_id=shop.category())
    body = {"name": "New", "price": "1.5"}

    answer = shop.call("PUT", f"/products/{product}/", shop.staff, json=body)

    kept = {"name": "New", "price": "1.50", "stock_quantity": 5, "is_active": True}
    gone = {"sku": None, "description": None, "category": None}
    assert {**kept, **gone}.items() <= answer.json.items()


def test_patch_changes_what_it_names_and_nothing_else(shop: Any) -> None:
    product = shop.product(sku="A", description="kept")
    before = shop.call("GET", f"/products/{product}/").json

    answer = shop.call(
        "PATCH", f"/products/{product}/", shop.staff, json={"price": "9.90"}
    )

    changed = {"price": "9.90", "updated_at": answer.json["updated_at"]}
    assert answer.json == {**before, **changed}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("field", ["stock_quantity", "reserved_quantity", "id"])
def test_quantities_and_ids_cannot_be_set(shop: Any, method: str, field: str) -> None:
    product = shop.product()
    body = {"name": "x", "price": "1", field: 3}

    answer = shop.call(method, f"/products/{product}/", shop.staff, json=body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert shop.quantities(product) == (5, 0)


@pytest.mark.parametrize(
    ("method", "body"),
    [("PUT", {"name": "x", "price": "1"}), ("PATCH", {"name": "x"}), ("DELETE", None)],
)
def test_a_change_of_a_version_that_is_no_more_is_refused(
    shop: Any, method: str, body: Any
) -> None:
    path = f"/products/{shop.product()}/"
    old = shop.call("GET", path).headers["ETag"]
    shop.call("PATCH", path, shop.staff, json={"price": "2"})
    new = shop.call("GET", path).headers["ETag"]

    answers = [
        shop.call(method, path, {**shop.staff, "If-Match": tag}, json=body).status_code
        for tag in (old, new)
    ]

    assert answers == [412, 204 if method == "DELETE" else 200]


def test_a_version_that_the_client_has_is_not_sent_again(shop: Any) -> None:
    path = f"/products/{shop.product()}/"
    tag = shop.call("GET", path).headers["ETag"]

    answer = shop.call("GET", path, {"If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")


def test_a_deleted_product_is_gone_for_customers_and_kept_for_staff(
    shop: Any, tokens: Any
) -> None:
    product = shop.product(name="Lota")
    path = f"/products/{product}/"

    assert shop.call("DELETE", path, shop.staff).status_code == 204

    statuses = [
        shop.call("GET", path, headers).status_code
        for headers in (None, tokens.user(), {"Authorization": "x"}, shop.staff)
    ]
    assert statuses == [404, 404, 404, 200]
    assert names(shop.call("GET", "/products/")) == []
    inactive = shop.call("GET", "/products/?is_active=false", shop.staff)
    assert names(inactive) == ["Lota"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_product_that_is_not_there_is_not_found(shop: Any, method: str) -> None:
    body = None if method == "DELETE" else {"name": "x", "price": "1"}

    answer = shop.call(method, f"/products/{MISSING}/", shop.staff, json=body)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_the_same_create_sent_twice_makes_one_product(shop: Any) -> None:
    headers = {**shop.staff, "Idempotency-Key": "k1"}
    body = {"name": "Once", "price": "1", "stock_quantity": 3}

    first, second = (
        shop.call("POST", "/products/", headers, json=body) for _ in range(2)
    )

    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert names(shop.call("GET", "/products/")) == ["Once"]
    shop.check_books()


@pytest.mark.parametrize(
    ("method", "body"),
    [("PUT", {"name": "x", "price": "1"}), ("PATCH", {"name": "x"}), ("DELETE", None)],
)
def test_a_malformed_version_changes_nothing(shop: Any, method: str, body: Any) -> None:
    path = f"/products/{shop.product(name='Lota')}/"

    for condition in ('"abc', "abc", ""):
        headers = {**shop.staff, "If-Match": condition}
        assert shop.call(method, path, headers, json=body).status_code == 400

    kept = shop.call("GET", path).json
    assert (kept["name"], kept["is_active"]) == ("Lota", True)


def test_a_description_from_a_form_has_newlines(shop: Any) -> None:
    path = (
        f"/products/{shop.product(description='Brass.' + chr(13) + chr(10) + 'Old.')}/"
    )

    assert shop.call("GET", path).json["description"] == "Brass.\nOld."
    body = {"description": "New.\r\n\r\n* shiny\r"}
    answer = shop.call("PATCH", path, shop.staff, json=body)
    assert answer.json["description"] == "New.\n\n* shiny"


@pytest.mark.parametrize("blank", ["", "  ", "\r\n"])
def test_what_a_form_leaves_unfilled_is_null(shop: Any, blank: str) -> None:
    path = f"/products/{shop.product(description='Brass.', sku='A1')}/"

    for method, body in (
        ("PATCH", {}),
        ("PUT", {"name": "Lota", "price": "1"}),
    ):
        body = {**body, "description": blank, "sku": blank.replace("\r\n", "")}
        answer = shop.call(method, path, shop.staff, json=body)
        assert answer.status_code == 200, answer.text
        assert (answer.json["description"], answer.json["sku"]) == (None, None)
    answer = shop.call("PATCH", path, shop.staff, json={"name": blank})
    assert list(answer.json["errors"]) == ["name"]


@pytest.mark.parametrize("value", [1, 0, 1.0, 0.0, "true", "", None])
def test_only_a_boolean_takes_a_product_off_sale(shop: Any, value: Any) -> None:
    path = f"/products/{shop.product()}/"

    answer = shop.call("PATCH", path, shop.staff, json={"is_active": value})

    assert list(answer.json["errors"]) == ["is_active"]


@pytest.mark.parametrize("name", ["അനില്\u200d", "ರ\u200d್ಯಾಂಕ್", "খই 👩\u200d🍳"])
def test_names_with_joiners_are_kept(shop: Any, name: str) -> None:
    assert (
        shop.call("GET", f"/products/{shop.product(name=name)}/").json["name"] == name
    )


@pytest.mark.parametrize("zeros", ["0", "000"])
def test_an_id_has_one_form(shop: Any, zeros: str) -> None:
    product = shop.product()

    for path in (f"{zeros}{product}", f"+{product}", f"{zeros}{product}/stock"):
        answer = shop.call("GET", f"/products/{path}/", shop.staff)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
