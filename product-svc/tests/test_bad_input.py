"""Whatever is sent gets a clear problem and changes nothing."""

from typing import Any

import pytest

BIG = 2**63
GOOD_PRODUCT = {"name": "x", "price": "1", "stock_quantity": 1}
GOOD_LINE = {"product_id": 1, "quantity": 1}

RAW: dict[str, tuple[bytes, int]] = {
    "truncated": (b'{"name": "x"', 400),
    "empty": (b"", 400),
    "deep": (b"[" * 100_000, 400),
    "NaN": (b'{"price": NaN}', 400),
    "Infinity": (b'{"price": -Infinity}', 400),
    "too large a float": (b'{"price": 1e400}', 400),
    "a key twice": (b'{"name": "a", "name": "b"}', 400),
    "a lone surrogate": (b'{"name": "\\ud800"}', 400),
    "a raw NUL": (b'{"name": "a\x00b"}', 400),
    "an escaped NUL": (b'{"name": "a\\u0000b"}', 422),
    "invalid UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "a"}'.encode("utf-16"), 400),
    "5000 digits": (b'{"stock_quantity": ' + b"9" * 5000 + b"}", 400),
    "4000 digits": (b'{"stock_quantity": ' + b"9" * 4000 + b"}", 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a string": (b'"x"', 422),
}
PRODUCTS: dict[str, dict[str, Any]] = {
    "name": {
        "empty": "",
        "spaces": "   ",
        "too long": "x" * 101,
        "a megabyte": "x" * 1_000_000,
        "control": "a\nb",
        "bidi override": "a\u202eb",
        "zero width": "a\u200bb",
        "number": 5,
        "list": ["x"],
        "null": None,
    },
    "description": {"too long": "x" * 5001, "number": 5, "NUL": "a\x00b"},
    "price": {
        "number": 499,
        "float": 4.99,
        "three places": "9.999",
        "exponent": "1e5",
        "huge exponent": "1e999999",
        "minus zero": "-0",
        "negative": "-1.00",
        "plus": "+1",
        "NaN": "NaN",
        "Infinity": "Infinity",
        "space": " 1",
        "underscore": "1_000",
        "Arabic digits": "١٢",
        "too large": "100000000.00",
        "empty": "",
        "null": None,
        "true": True,
    },
    "stock_quantity": {
        "negative": -1,
        "fraction": 1.9,
        "float": 1.0,
        "string": "5",
        "true": True,
        "too large": 2**31,
        "beyond 64 bits": BIG,
        "null": None,
    },
    "category_id": {"zero": 0, "string": "1", "beyond 64 bits": BIG, "unknown": 77},
    "sku": {"empty": "", "too long": "x" * 65, "number": 5},
    "is_active": {"not at birth": True},
    "reserved_quantity": {"unknown field": 1},
    "created_at": {"unknown field": "2026-01-01T00:00:00Z"},
}
LINES: dict[str, tuple[Any, str]] = {
    "none": ([], "items"),
    "an object": ({"product_id": 1}, "items"),
    "null": (None, "items"),
    "quantity 0": ([{**GOOD_LINE, "quantity": 0}], "items.0.quantity"),
    "quantity -1": ([{**GOOD_LINE, "quantity": -1}], "items.0.quantity"),
    "quantity -2^31": ([{**GOOD_LINE, "quantity": -(2**31)}], "items.0.quantity"),
    "quantity 10001": ([{**GOOD_LINE, "quantity": 10_001}], "items.0.quantity"),
    "quantity 1.0": ([{**GOOD_LINE, "quantity": 1.0}], "items.0.quantity"),
    "quantity '5'": ([{**GOOD_LINE, "quantity": "5"}], "items.0.quantity"),
    "quantity true": ([{**GOOD_LINE, "quantity": True}], "items.0.quantity"),
    "product 0": ([GOOD_LINE, {**GOOD_LINE, "product_id": 0}], "items.1.product_id"),
    "product 2^63": ([{**GOOD_LINE, "product_id": BIG}], "items.0.product_id"),
    "a price": ([{**GOOD_LINE, "price": "1"}], "items.0.price"),
    "51 lines": ([GOOD_LINE] * 51, "items"),
    "10001 in all": ([{**GOOD_LINE, "quantity": 5001}] * 2, "items"),
    "a number": ([5], "items.0"),
}
PATHS = ("0", "-1", "abc", str(BIG), "9" * 23, "9" * 5000, "%00", "%F0%9F%8D%9B", "1.0")


def check(answer: Any, status: int) -> None:
    """Check that this is a problem document and that nothing was made."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text


def listed(shop: Any) -> list[Any]:
    return list(shop.call("GET", "/products/").json["data"])


@pytest.mark.parametrize("name", RAW)
def test_a_body_that_is_no_good_json_is_refused(shop: Any, name: str) -> None:
    body, status = RAW[name]

    answer = shop.call(
        "POST", "/products/", shop.staff, data=body, content_type="application/json"
    )

    check(answer, status)
    code = "malformed_json" if status == 400 else "validation_failed"
    assert answer.json["code"] == code
    assert listed(shop) == []


@pytest.mark.parametrize(
    ("field", "name"), [(field, name) for field in PRODUCTS for name in PRODUCTS[field]]
)
def test_a_wrong_field_of_a_product_is_named(shop: Any, field: str, name: str) -> None:
    body = {**GOOD_PRODUCT, field: PRODUCTS[field][name]}

    answer = shop.call("POST", "/products/", shop.staff, json=body)

    check(answer, 422)
    assert list(answer.json["errors"]) == [field]
    assert listed(shop) == []


@pytest.mark.parametrize("field", GOOD_PRODUCT)
def test_a_missing_field_is_named(shop: Any, field: str) -> None:
    body = {k: v for k, v in GOOD_PRODUCT.items() if k != field}

    answer = shop.call("POST", "/products/", shop.staff, json=body)

    check(answer, 422)
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("name", LINES)
def test_wrong_lines_are_named_and_nothing_is_held(shop: Any, name: str) -> None:
    product = shop.product()
    lines, field = LINES[name]

    checked = shop.call("POST", "/products/check_stock/", json={"items": lines})
    held = shop.call(
        "PUT",
        "/products/reservations/1/",
        shop.order_svc,
        json={"items": lines, "expires_in": 60},
    )

    for answer in (checked, held):
        check(answer, 422)
        assert list(answer.json["errors"]) == [field]
    assert shop.quantities(product) == (5, 0)
    assert shop.state(1) is None
    assert shop.reserve(1, {product: 1}).status_code == 201


@pytest.mark.parametrize("seconds", [0, -1, 604_801, 1.5, "60", None, True])
def test_a_reservation_ends_within_a_week(shop: Any, seconds: Any) -> None:
    body = {"items": [{**GOOD_LINE, "product_id": shop.product()}]}

    answer = shop.call(
        "PUT",
        "/products/reservations/1/",
        shop.order_svc,
        json={**body, "expires_in": seconds},
    )

    check(answer, 422)
    assert list(answer.json["errors"]) == ["expires_in"]


@pytest.mark.parametrize("delta", [0, 1.0, "1", True, None, 2**31, -BIG])
def test_a_delta_is_a_whole_number_other_than_0(shop: Any, delta: Any) -> None:
    product = shop.product()

    answer = shop.adjust(product, delta)

    check(answer, 422)
    assert list(answer.json["errors"]) == ["delta"]
    assert shop.quantities(product) == (5, 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 256, None, 5, "a\x00"])
def test_an_adjustment_has_a_reason(shop: Any, reason: Any) -> None:
    answer = shop.adjust(shop.product(), 1, reason)

    check(answer, 422)
    assert list(answer.json["errors"]) == ["reason"]


@pytest.mark.parametrize("number", PATHS)
@pytest.mark.parametrize(
    "path", ["/products/{}/", "/products/categories/{}/", "/products/reservations/{}/"]
)
def test_an_id_that_is_none_is_not_found(shop: Any, path: str, number: str) -> None:
    check(shop.call("GET", path.format(number), shop.staff), 404)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", None]
)
def test_a_body_that_is_not_called_json_is_refused(shop: Any, kind: Any) -> None:
    answer = shop.call("POST", "/products/", shop.staff, data=b"{}", content_type=kind)

    check(answer, 415)


def test_a_body_over_a_mebibyte_is_refused(shop: Any) -> None:
    answer = shop.call(
        "POST",
        "/products/",
        shop.staff,
        data=b" " * (1 << 20) + b"{}",
        content_type="application/json",
    )

    check(answer, 413)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_a_method_that_is_not_taken_says_which_are(shop: Any, method: str) -> None:
    answer = shop.call(method, "/products/", shop.staff)

    check(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "%'; DROP TABLE products", "\\", "(a+)+$", "%%%___", "{}"]
)
@pytest.mark.parametrize("name", ["q", "name", "description"])
def test_a_search_is_text_and_nothing_else(shop: Any, name: str, text: str) -> None:
    shop.product(name="Kadai", description="Iron")

    answer = shop.call("GET", "/products/", query_string={name: text})

    assert (answer.status_code, answer.json["data"]) == (200, [])
    assert len(listed(shop)) == 1


@pytest.mark.parametrize("final", ["yes", "1", "", "TRUE"])
def test_final_is_true_or_false(shop: Any, final: str) -> None:
    path = f"/products/reservations/1/?final={final}"

    check(shop.call("DELETE", path, shop.order_svc), 422)

    assert shop.state(1) is None
