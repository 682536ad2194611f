"""Whatever is sent gets a clear problem and changes nothing."""

import pytest

from payment_svc.models import Payment, Refund

BIG = 2**63
MAKE = "/payments/create_payment_link/"
JSON = "application/json"
GOOD = {"order_id": 17, "amount": "499", "name": "Asha", "email": "a@shop.example"}
RAW = {
    "truncated": (b'{"name": "x"', 400),
    "empty": (b"", 400),
    "deep": (b"[" * 100_000, 400),
    "NaN": (b'{"amount": NaN}', 400),
    "Infinity": (b'{"amount": -Infinity}', 400),
    "too large a float": (b'{"amount": 1e400}', 400),
    "a key twice": (b'{"amount": "1", "amount": "2"}', 400),
    "a lone surrogate": (b'{"name": "\\ud800"}', 400),
    "a raw NUL": (b'{"name": "a\x00b"}', 400),
    "an escaped NUL": (b'{"name": "a\\u0000b"}', 422),
    "invalid UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "a"}'.encode("utf-16"), 400),
    "5000 digits": (b'{"order_id": ' + b"9" * 5000 + b"}", 400),
    "4000 digits": (b'{"order_id": ' + b"9" * 4000 + b"}", 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
}
AMOUNTS = {
    "number": 499,
    "float": 4.99,
    "three places": "9.999",
    "exponent": "1e5",
    "huge exponent": "1e999999",
    "minus zero": "-0",
    "negative": "-1.00",
    "plus": "+1",
    "NaN": "NaN",
    "space": " 1",
    "underscore": "1_000",
    "Arabic digits": "١٢",
    "too large": "100000000.00",
    "empty": "",
    "true": True,
}
FIELDS = {
    "order_id": {
        "zero": 0,
        "negative": -1,
        "float": 1.0,
        "string": "17",
        "true": True,
        "beyond 64 bits": BIG,
        "null": None,
    },
    "user_id": {"zero": 0, "string": "1", "beyond 64 bits": BIG},
    "amount": {**AMOUNTS, "below a rupee": "0.99", "zero": "0", "null": None},
    "name": {
        "empty": "",
        "spaces": "   ",
        "too long": "x" * 101,
        "control": "a\nb",
        "bidi override": "a\u202eb",
        "number": 5,
        "null": None,
    },
    "email": {
        "no at": "asha",
        "no dot": "a@b",
        "CRLF": "a@shop.example\r\nBcc: x",
        "10,000 characters": "a" * 10_000 + "@shop.example",
        "two": "a@shop.example,b@shop.example",
        "null": None,
    },
    "phone": {"letters": "+91abc", "no plus": "9812345670", "too long": "+" + "9" * 20},
    "status": {"unknown field": "COMPLETED"},
    "state": {"unknown field": "captured"},
    "currency": {"unknown field": "USD"},
    "callback_url": {"unknown field": "https://evil.example/"},
}
QUERIES = (
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=1e3",
    "limit=abc",
    "limit=" + "9" * 5000,
    "limit=1&limit=2",
    "cursor=abc",
    "cursor=",
    "sort=state",
    "sort=id;drop",
    "order_id=0",
    "order_id=%00",
    "order_id=99999999999999999999999",
    "status=captured",
    "created_from=yesterday",
    "created_from=2026-01-01T00:00:00",
    "created_to=0000-01-01T00:00:00Z",
    "user_id=1",
    "secret=x",
)
IDS = ("0", "-1", "abc", str(BIG), "9" * 23, "9" * 5000, "%00", "%F0%9F%8D%9B", "1.0")


def check(answer, status):
    """Check that this is a problem document."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text


def test_a_body_that_is_no_good_json_is_refused(shop, staff, subtests):
    for name, (body, status) in RAW.items():
        answer = shop.call("POST", MAKE, staff, data=body, content_type=JSON)

        with subtests.test(name):
            check(answer, status)
    assert shop.rows(Payment) == []


def test_a_wrong_field_is_named(shop, staff, subtests):
    for field, values in FIELDS.items():
        for name, value in values.items():
            if value is None and field in ("user_id", "phone"):
                continue

            answer = shop.call("POST", MAKE, staff, json={**GOOD, field: value})

            with subtests.test(f"{field}: {name}"):
                check(answer, 422)
                assert list(answer.json["errors"]) == [field]
    assert shop.rows(Payment) == []


def test_a_missing_field_is_named(shop, staff, subtests):
    for field in GOOD:
        body = {k: v for k, v in GOOD.items() if k != field}

        answer = shop.call("POST", MAKE, staff, json=body)

        with subtests.test(field):
            check(answer, 422)
            assert list(answer.json["errors"]) == [field]


def test_a_refund_has_a_good_amount(shop, staff, subtests):
    path = f"/payments/{shop.row('captured', outcome='kept')}/refund/"
    for name, amount in {**AMOUNTS, "zero": "0.00"}.items():
        answer = shop.call("POST", path, staff, json={"amount": amount})

        with subtests.test(name):
            check(answer, 422)
            assert list(answer.json["errors"]) == ["amount"]
    assert shop.rows(Refund) == []


@pytest.mark.parametrize("value", [1, 0, 1.0, "true", "", None])
def test_a_flag_of_a_refund_is_a_boolean(shop, staff, value):
    path = f"/payments/{shop.row('captured', outcome='kept')}/refund/"
    body = {"amount": "1.00", "despite_dispute": value}

    answer = shop.call("POST", path, staff, json=body)

    check(answer, 422)
    assert list(answer.json["errors"]) == ["despite_dispute"]


@pytest.mark.parametrize("reason", ["Too\r\nbright", "Too\nbright"])
def test_a_reason_from_a_form_has_newlines(shop, staff, reason):
    path = f"/payments/{shop.row('captured', outcome='kept')}/refund/"

    answer = shop.call("POST", path, staff, json={"amount": "1.00", "reason": reason})

    assert (answer.status_code, answer.json["note"]) == (202, "Too\nbright")


def test_a_decision_is_one_of_two(shop, tokens, subtests):
    payment_id = shop.row("under_review")
    for decision in ("ACCEPT", "", "keep", 1, None, ["accept"], {"a": 1}):
        body = {"decision": decision, "note": "x"}
        path = f"/payments/{payment_id}/resolve/"

        answer = shop.call("POST", path, tokens.admin(), json=body)

        with subtests.test(repr(decision)):
            check(answer, 422)
    [payment] = shop.rows(Payment)
    assert payment.state == "under_review"


def test_a_query_that_is_not_documented_is_refused(shop, staff, subtests):
    for query in QUERIES:
        answer = shop.call("GET", f"/payments/?{query}", staff)

        with subtests.test(query[:40]):
            check(answer, 422)


def test_an_id_that_is_none_is_not_found(shop, staff, subtests):
    for number in IDS:
        for path in ("", "refunds/"):
            answer = shop.call("GET", f"/payments/{number}/{path}", staff)

            with subtests.test(number[:20]):
                check(answer, 404)


def test_a_body_that_is_not_called_json_is_refused(shop, staff, subtests):
    for kind in ("text/plain", "application/xml", "multipart/form-data", None):
        answer = shop.call("POST", MAKE, staff, data=b"{}", content_type=kind)

        with subtests.test(repr(kind)):
            check(answer, 415)


def test_a_body_over_a_mebibyte_is_refused(shop, staff):
    body = b" " * (1 << 20) + b"{}"

    check(shop.call("POST", MAKE, staff, data=body, content_type=JSON), 413)


def test_a_method_that_is_not_taken_says_which_are(shop, staff, subtests):
    for method, path in (("PUT", MAKE), ("DELETE", "/payments/"), ("TRACE", MAKE)):
        answer = shop.call(method, path, staff)

        with subtests.test(method):
            check(answer, 405)
            assert answer.headers["Allow"]


def test_with_and_without_the_last_slash_is_one(shop, staff):
    payment_id = shop.row("issued")

    with_slash = shop.call("GET", f"/payments/{payment_id}/", staff)
    without = shop.call("GET", f"/payments/{payment_id}", staff)

    assert (without.status_code, without.data) == (200, with_slash.data)


def test_a_fault_of_ours_tells_nothing_but_an_id(shop, staff, monkeypatch):
    from payment_svc.api import payments

    monkeypatch.setattr(payments, "context", lambda: 1 / 0)

    answer = shop.call("POST", MAKE, staff, json=GOOD)

    check(answer, 500)
    assert "ZeroDivision" not in answer.text
