"""Invalid requests get an error that names the field, and change nothing."""

from typing import Any

BIG = 2**63
JSON = "application/json"
LINE = {"product_id": 1, "quantity": 1}
GOOD = {"items": [LINE]}
ADDRESS = {
    "name": "Asha",
    "line1": "7 Lake Road",
    "city": "Pune",
    "state": "MH",
    "postal_code": "411001",
    "country": "IN",
}

RAW: dict[str, tuple[bytes, int]] = {
    "truncated": (b'{"items": [', 400),
    "empty": (b"", 400),
    "deep": (b"[" * 100_000, 400),
    "NaN": (b'{"items": NaN}', 400),
    "Infinity": (b'{"items": -Infinity}', 400),
    "too large a float": (b'{"items": 1e400}', 400),
    "a key twice": (b'{"note": "a", "note": "b"}', 400),
    "a lone surrogate": (b'{"note": "\\ud800"}', 400),
    "a raw NUL": (b'{"note": "a\x00b"}', 400),
    "an escaped NUL": (b'{"note": "a\\u0000b"}', 422),
    "invalid UTF-8": (b'{"note": "\xff"}', 400),
    "5000 digits": (b'{"user_id": ' + b"9" * 5000 + b"}", 400),
    "4000 digits": (b'{"user_id": ' + b"9" * 4000 + b"}", 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a string": (b'"x"', 422),
}
ORDERS: dict[str, tuple[Any, str]] = {
    "no items": ({"items": []}, "items"),
    "items an object": ({"items": LINE}, "items"),
    "items null": ({"items": None}, "items"),
    "items missing": ({"items": ...}, "items"),
    "an item a number": ({"items": [5]}, "items.0"),
    "quantity 0": ({"items": [{**LINE, "quantity": 0}]}, "items.0.quantity"),
    "quantity -1": ({"items": [{**LINE, "quantity": -1}]}, "items.0.quantity"),
    "quantity -2^31": ({"items": [{**LINE, "quantity": -BIG}]}, "items.0.quantity"),
    "quantity 10001": ({"items": [{**LINE, "quantity": 10001}]}, "items.0.quantity"),
    "quantity 1.9": ({"items": [{**LINE, "quantity": 1.9}]}, "items.0.quantity"),
    "quantity 1.0": ({"items": [{**LINE, "quantity": 1.0}]}, "items.0.quantity"),
    "quantity '5'": ({"items": [{**LINE, "quantity": "5"}]}, "items.0.quantity"),
    "quantity true": ({"items": [{**LINE, "quantity": True}]}, "items.0.quantity"),
    "product 0": ({"items": [LINE, {**LINE, "product_id": 0}]}, "items.1.product_id"),
    "product 2^63": ({"items": [{**LINE, "product_id": BIG}]}, "items.0.product_id"),
    "a price": ({"items": [{**LINE, "price": "1.00"}]}, "items.0.price"),
    "51 lines": ({"items": [LINE] * 51}, "items"),
    "10001 in all": (
        {"items": [LINE, {**LINE, "quantity": 10_000}]},
        "items.1.quantity",
    ),
    "a total": ({"total": 1}, "total"),
    "a total_price": ({"total_price": "1.00"}, "total_price"),
    "a state": ({"state": "PAID"}, "state"),
    "a status": ({"status": "success"}, "status"),
    "a user": ({"user_id": 18}, "user_id"),
    "note too long": ({"note": "x" * 501}, "note"),
    "note a list": ({"note": ["x"]}, "note"),
    "note bidi": ({"note": "a\u202eb"}, "note"),
    "address a text": ({"shipping_address": "Pune"}, "shipping_address"),
}
ADDRESSES: dict[str, tuple[Any, str]] = {
    "country ZZ": ({"country": "ZZ"}, "country"),
    "country in small letters": ({"country": "in"}, "country"),
    "country a word": ({"country": "India"}, "country"),
    "phone letters": ({"phone": "+91abc"}, "phone"),
    "phone without country": ({"phone": "9876543210"}, "phone"),
    "phone too long": ({"phone": "+1234567890123456"}, "phone"),
    "phone newline": ({"phone": "+919876543210\n"}, "phone"),
    "name of spaces": ({"name": "  "}, "name"),
    "name too long": ({"name": "x" * 101}, "name"),
    "name of two lines": ({"name": "a\nb"}, "name"),
    "name with a zero width mark": ({"name": "a\u200bb"}, "name"),
    "city missing": ({"city": ...}, "city"),
    "an id": ({"id": 1}, "id"),
    "a default": ({"is_default": True}, "is_default"),
}
REFUNDS: dict[str, tuple[Any, str]] = {
    "no reason": ({"reason": ...}, "reason"),
    "reason empty": ({"reason": " "}, "reason"),
    "amount a number": ({"amount": 1}, "amount"),
    "amount 0": ({"amount": "0.00"}, "amount"),
    "amount negative": ({"amount": "-1.00"}, "amount"),
    "amount of three places": ({"amount": "1.001"}, "amount"),
    "amount 1e5": ({"amount": "1e5"}, "amount"),
    "amount NaN": ({"amount": "NaN"}, "amount"),
    "amount huge": ({"amount": "1" * 14}, "amount"),
    "items null": ({"items": None}, "items"),
    "quantity 0": ({"items": [{**LINE, "quantity": 0}]}, "items.0.quantity"),
    "a payment": ({"payment_id": 1}, "payment_id"),
}
QUERIES = (
    *("limit=0", "limit=-1", "limit=101", "limit=1e3", "limit=" + "9" * 5000, "limit="),
    *("sort=id;drop", "sort=user_id", "sort=", "cursor=abc", "cursor=", "page=1"),
    *("status=paid", "status=", "user_id=0", f"user_id={BIG}", "user_id=abc"),
    *("created_from=yesterday", "created_from=2026-01-01", "created_to=9999-99-99"),
    *("created_to=0000-01-01T00:00:00Z", "created_to=9999-12-31T23:59:60Z"),
    *("created_to=2026-01-01T00:00:00", "limit=1&limit=2", "total_price=1"),
)
IDS = ("0", "-1", "abc", str(BIG), "9" * 23, "9" * 5000, "%00", "%F0%9F%8D%9B", "1.0")
KEYS = ("", "x" * 256, "a b", "\u0130", "a\tb")


def changed(good: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return the valid body with a change; `...` leaves a field out."""
    return {k: v for k, v in {**good, **change}.items() if v is not ...}


def check(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.text[:300]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text


def nothing_was_inserted(shop: Any, users: Any, products: Any) -> None:
    assert shop.call("GET", "/orders/", shop.staff).json["data"] == []
    assert users.requests == products.requests == []
    assert shop.order().status_code == 201


def test_an_invalid_json_body_is_refused(
    shop: Any, users: Any, products: Any, subtests: Any
) -> None:
    for name, (body, status) in RAW.items():
        answer = shop.call("POST", "/orders/", shop.asha, data=body, content_type=JSON)

        with subtests.test(name):
            check(answer, status)
            code = "malformed_json" if status == 400 else "validation_failed"
            assert answer.json["code"] == code
    nothing_was_inserted(shop, users, products)


def test_a_wrong_field_of_an_order_is_named_and_no_service_is_called(
    shop: Any, users: Any, products: Any, subtests: Any
) -> None:
    for name, (change, field) in ORDERS.items():
        body = changed(GOOD, change)

        answer = shop.call("POST", "/orders/", shop.asha, json=body)

        with subtests.test(name):
            check(answer, 422)
            assert list(answer.json["errors"]) == [field]
    nothing_was_inserted(shop, users, products)


def test_a_wrong_field_of_an_address_is_named(
    shop: Any, users: Any, products: Any, subtests: Any
) -> None:
    for name, (change, field) in ADDRESSES.items():
        body = {**GOOD, "shipping_address": changed(ADDRESS, change)}

        answer = shop.call("POST", "/orders/", shop.asha, json=body)

        with subtests.test(name):
            check(answer, 422)
            assert list(answer.json["errors"]) == [f"shipping_address.{field}"]
    nothing_was_inserted(shop, users, products)


def test_an_idempotency_key_is_visible_ascii(
    shop: Any, users: Any, products: Any, subtests: Any
) -> None:
    for key in KEYS:
        answer = shop.order(headers={"Idempotency-Key": key})

        with subtests.test(repr(key[:9])):
            check(answer, 400)
            assert answer.json["code"] == "idempotency_key_invalid"
    nothing_was_inserted(shop, users, products)


def test_a_wrong_parameter_of_a_list_is_refused(shop: Any, subtests: Any) -> None:
    for query in QUERIES:
        answer = shop.call("GET", f"/orders/?{query}", shop.staff)

        with subtests.test(query[:30]):
            check(answer, 422)
            assert list(answer.json["errors"]) == [query.partition("=")[0]]


def test_only_the_user_can_be_expanded(shop: Any, subtests: Any) -> None:
    order = shop.placed()

    for query in ("expand=payment", "expand=", "expand=user&expand=user", "x=1"):
        answer = shop.call("GET", f"/orders/{order}/?{query}", shop.asha)

        with subtests.test(query):
            check(answer, 422)


def test_an_invalid_id_is_not_found(shop: Any, subtests: Any) -> None:
    for tail in ("", "timeline/"):
        for number in IDS:
            answer = shop.call("GET", f"/orders/{number}/{tail}", shop.staff)

            with subtests.test(f"{number[:20]}/{tail}"):
                check(answer, 404)


def test_another_content_type_is_refused(
    shop: Any, users: Any, products: Any, subtests: Any
) -> None:
    for kind in ("text/plain", "application/xml", "multipart/form-data", None):
        answer = shop.call("POST", "/orders/", shop.asha, data=b"{}", content_type=kind)

        with subtests.test(repr(kind)):
            check(answer, 415)
    nothing_was_inserted(shop, users, products)


def test_a_body_over_a_mebibyte_is_refused(shop: Any) -> None:
    body = b" " * (1 << 20) + b"{}"

    answer = shop.call("POST", "/orders/", shop.asha, data=body, content_type=JSON)

    check(answer, 413)


def test_a_method_that_is_not_allowed_names_the_allowed_ones(
    shop: Any, subtests: Any
) -> None:
    for method in ("PUT", "DELETE", "TRACE"):
        answer = shop.call(method, "/orders/", shop.asha)

        with subtests.test(method):
            check(answer, 405)
            assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_addresses_are_the_same_without_their_last_slash(shop: Any) -> None:
    order = shop.placed()

    for path in ("/orders", f"/orders/{order}", f"/orders/{order}/timeline"):
        assert shop.call("GET", path, shop.asha).status_code == 200
    assert shop.call("POST", f"/orders/{order}/cancel", shop.asha).status_code == 202


def test_what_a_form_leaves_unfilled_is_null(shop: Any) -> None:
    unfilled = {**ADDRESS, "line2": "", "phone": " "}
    order = shop.placed(body={"note": "", "shipping_address": unfilled})

    found = shop.get(order)

    assert found["note"] is None
    assert found["shipping_address"]["line2"] is None
    assert found["shipping_address"]["phone"] is None


def test_a_note_from_a_form_has_newlines(shop: Any) -> None:
    order = shop.placed(body={"note": "Ring\r\ntwice.\r"})

    assert shop.get(order)["note"] == "Ring\ntwice."


def test_a_name_with_joiners_is_kept(shop: Any) -> None:
    names = {"name": "خوش\u200cبخت", "city": "ರ\u200d್ಯಾಲಿ", "line1": "അനില്\u200d 7"}
    order = shop.placed(body={"shipping_address": {**ADDRESS, **names}})

    assert names.items() <= shop.get(order)["shipping_address"].items()


def test_no_line_of_too_many_is_read(shop: Any) -> None:
    refund = f"/orders/{shop.placed()}/refund/"
    for path, who in (("/orders/", shop.asha), (refund, shop.staff)):
        body = {"items": [{}] * 1000, "reason": "x"}
        answer = shop.call("POST", path, who, json=body)
        check(answer, 422)
        (message,) = answer.json["errors"]["items"]
        assert message.startswith("L")
        assert len(answer.data) < 1000
