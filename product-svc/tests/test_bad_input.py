"""Whatever is sent gets a clear problem and changes nothing."""

from typing import Any

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
    "sku": {"too long": "x" * 65, "number": 5},
    "is_active": {"not at birth": True, "a number": 1, "a text": "true"},
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
JSON = "application/json"
HOSTILE = (
    "' OR 1=1 --",
    "%'; DROP TABLE products",
    "\\",
    "(a+)+$",
    "%%%___",
    "{}",
)
IDS = ("0", "-1", "abc", str(BIG), "9" * 23, "9" * 5000, "%00", "%F0%9F%8D%9B", "1.0")


def check(answer: Any, status: int) -> None:
    """Check that this is a problem document and that nothing was made."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text


def listed(shop: Any) -> list[Any]:
    return list(shop.call("GET", "/products/").json["data"])


def test_a_body_that_is_no_good_json_is_refused(shop: Any, subtests: Any) -> None:
    for name, (body, status) in RAW.items():
        answer = shop.call(
            "POST", "/products/", shop.staff, data=body, content_type=JSON
        )

        with subtests.test(name):
            check(answer, status)
            code = "malformed_json" if status == 400 else "validation_failed"
            assert answer.json["code"] == code
    assert listed(shop) == []


def test_a_wrong_field_of_a_product_is_named(shop: Any, subtests: Any) -> None:
    for field, values in PRODUCTS.items():
        for name, value in values.items():
            body = {**GOOD_PRODUCT, field: value}

            answer = shop.call("POST", "/products/", shop.staff, json=body)

            with subtests.test(f"{field}: {name}"):
                check(answer, 422)
                assert list(answer.json["errors"]) == [field]
    assert listed(shop) == []


def test_a_missing_field_is_named(shop: Any, subtests: Any) -> None:
    for field in GOOD_PRODUCT:
        body = {k: v for k, v in GOOD_PRODUCT.items() if k != field}

        answer = shop.call("POST", "/products/", shop.staff, json=body)

        with subtests.test(field):
            check(answer, 422)
            assert list(answer.json["errors"]) == [field]


def test_wrong_lines_are_named_and_nothing_is_held(shop: Any, subtests: Any) -> None:
    product = shop.product()
    path = "/products/reservations/1/"

    for name, (lines, field) in LINES.items():
        body = {"items": lines, "expires_in": 60}
        held = shop.call("PUT", path, shop.order_svc, json=body)
        checked = shop.call("POST", "/products/check_stock/", json={"items": lines})

        for answer in (checked, held):
            with subtests.test(name):
                check(answer, 422)
                assert list(answer.json["errors"]) == [field]
    assert shop.quantities(product) == (5, 0)
    assert shop.state(1) is None
    assert shop.reserve(1, {product: 1}).status_code == 201


def test_a_reservation_ends_within_a_week(shop: Any, subtests: Any) -> None:
    product = shop.product()

    for seconds in (0, -1, 604_801, 1.5, "60", None, True):
        answer = shop.reserve(1, {product: 1}, seconds)

        with subtests.test(repr(seconds)):
            check(answer, 422)
            assert list(answer.json["errors"]) == ["expires_in"]
    assert shop.reserve(1, {product: 1}, 604_800).status_code == 201


def test_a_delta_is_a_whole_number_other_than_0(shop: Any, subtests: Any) -> None:
    product = shop.product()

    for delta in (0, 1.0, "1", True, None, 2**31, -BIG):
        answer = shop.adjust(product, delta)

        with subtests.test(repr(delta)):
            check(answer, 422)
            assert list(answer.json["errors"]) == ["delta"]
    assert shop.quantities(product) == (5, 0)


def test_an_adjustment_has_a_reason(shop: Any, subtests: Any) -> None:
    product = shop.product()

    for reason in ("", "  ", "x" * 256, None, 5, "a\x00"):
        answer = shop.adjust(product, 1, reason)

        with subtests.test(repr(reason)):
            check(answer, 422)
            assert list(answer.json["errors"]) == ["reason"]


def test_an_id_that_is_none_is_not_found(shop: Any, subtests: Any) -> None:
    for path in ("/products", "/products/categories", "/products/reservations"):
        for number in IDS:
            answer = shop.call("GET", f"{path}/{number}/", shop.staff)

            with subtests.test(f"{path} {number[:20]}"):
                check(answer, 404)


def test_a_body_that_is_not_called_json_is_refused(shop: Any, subtests: Any) -> None:
    for kind in ("text/plain", "application/xml", "multipart/form-data", None):
        answer = shop.call(
            "POST", "/products/", shop.staff, data=b"{}", content_type=kind
        )

        with subtests.test(repr(kind)):
            check(answer, 415)


def test_a_body_over_a_mebibyte_is_refused(shop: Any) -> None:
    body = b" " * (1 << 20) + b"{}"

    answer = shop.call("POST", "/products/", shop.staff, data=body, content_type=JSON)

    check(answer, 413)


def test_a_method_that_is_not_taken_says_which_are(shop: Any, subtests: Any) -> None:
    for method in ("PUT", "DELETE", "TRACE"):
        answer = shop.call(method, "/products/", shop.staff)

        with subtests.test(method):
            check(answer, 405)
            assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_search_is_text_and_nothing_else(shop: Any, subtests: Any) -> None:
    shop.product(name="Kadai", description="Iron")

    for name in ("q", "name", "description"):
        for value in HOSTILE:
            answer = shop.call("GET", "/products/", query_string={name: value})

            with subtests.test(f"{name} {value}"):
                assert (answer.status_code, answer.json["data"]) == (200, [])
    assert len(listed(shop)) == 1


def test_final_is_true_or_false(shop: Any, subtests: Any) -> None:
    for final in ("yes", "1", "", "TRUE"):
        path = f"/products/reservations/1/?final={final}"

        with subtests.test(final):
            check(shop.call("DELETE", path, shop.order_svc), 422)
    assert shop.state(1) is None
