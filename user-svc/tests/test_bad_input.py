"""Invalid input gets a clear problem document and changes nothing."""

from typing import Any

import pytest

BIG = 2**63
GOOD = {
    "name": "Asha Rao",
    "email": "asha@shop.example",
    "password": "a-long-walk-in-the-rain",
}
RAW: dict[str, tuple[bytes, int]] = {
    "truncated": (b'{"name": "x"', 400),
    "empty": (b"", 400),
    "deep": (b"[" * 100_000, 400),
    "NaN": (b'{"name": NaN}', 400),
    "too large a float": (b'{"name": 1e400}', 400),
    "a key twice": (b'{"name": "a", "name": "b"}', 400),
    "a lone surrogate": (b'{"password": "\\ud800aaaaaaa"}', 400),
    "a raw NUL": (b'{"name": "a\x00b"}', 400),
    "an escaped NUL": (b'{"password": "aaaaaaaa\\u0000b"}', 422),
    "invalid UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "a"}'.encode("utf-16"), 400),
    "5000 digits": (b'{"name": ' + b"9" * 5000 + b"}", 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a string": (b'"x"', 422),
}
TEXTS: dict[str, Any] = {
    "empty": "",
    "spaces": "   ",
    "a megabyte": "x" * 1_000_000,
    "control": "a\nbcdefgh",
    "NUL": "a\x00bcdefgh",
    "number": 5,
    "list": ["x"],
    "object": {"a": 1},
    "true": True,
    "null": None,
}
FIELDS: dict[str, dict[str, Any]] = {
    "name": {
        **TEXTS,
        "too long": "x" * 101,
        "bidi override": "a\u202eb",
        "zero width": "a\u200bb",
    },
    "email": {
        **TEXTS,
        "10000 letters": "x" * 10_000 + "@shop.example",
        "255 letters": "x" * 60 + "@" + ("y" * 60 + ".") * 3 + "z" * 11,
        "CRLF": "a@shop.example\r\nBcc: b@shop.example",
        "no dot": "a@b",
        "no name": "@shop.example",
        "two": "a@shop.example,b@shop.example",
        "bidi override": "a\u202eb@shop.example",
        "script": "<script>@shop.example",
    },
    "password": {
        **{name: text for name, text in TEXTS.items() if name != "spaces"},
        "seven letters": "abcdefg",
        "129 letters": "x" * 129,
    },
}
PROFILE: dict[str, dict[str, Any]] = {
    "phone": {
        "letters": "+91CALLME",
        "no plus": "919876543210",
        "plus zero": "+0123456789",
        "short": "+12345",
        "long": "+1234567890123456",
        "a line more": "+919876543210\n",
        "Arabic digits": "+٩١٩٨٧٦٥٤٣٢١",
        "number": 919876543210,
    },
    "name": TEXTS,
    "current_password": {"number": 5, "long": "x" * 129},
}
RIGHTS: tuple[dict[str, Any], ...] = (
    *({"role": "root"}, {"role": 1}, {"role": None}, {"is_active": "true"}),
    *({"is_active": 1}, {"is_active": None}, {"email_verified": True}, {"id": 2}),
)
QUERIES = (
    *("limit=0", "limit=-1", "limit=101", "limit=1e3", "limit=" + "9" * 5000),
    *(
        "cursor=abc",
        "cursor=",
        "cursor=%00",
        "sort=password_hash",
        "sort=id;drop",
        "sort=",
    ),
    *("page=1", "x=1", "limit=1&limit=2", "role=root", "role=", "role=a&role=b"),
    *("is_active=1", "is_active=TRUE", "q=", "q=%00", "q=" + "x" * 101),
    *("created_from=yesterday", "created_from=2026-01-01", "created_to=1e18"),
    *("created_to=0000-01-01T00:00:00Z", "created_to=9999-12-31T23:59:60Z"),
)
PATHS = ("0", "-1", "abc", str(BIG), "9" * 23, "9" * 5000, "%00", "%F0%9F%8D%9B", "1.0")


def check(answer: Any, status: int) -> None:
    """Check that the response is a problem document with the status."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text


def everybody(shop: Any) -> list[Any]:
    """Return all users, as a new admin lists them."""
    admin = shop.person("admin")
    users = shop.call("GET", "/user/", admin.headers).json["data"]
    return [user for user in users if user["id"] != admin.id]


MAILED = ("password-reset", "password-reset/confirm", "verify-email/confirm")


@pytest.mark.parametrize(
    "path",
    ["/user/register/", "/user/login/", *(f"/user/{path}/" for path in MAILED)],
)
def test_a_body_with_invalid_json_is_refused(
    shop: Any, subtests: pytest.Subtests, path: str
) -> None:
    for name, (body, status) in RAW.items():
        with subtests.test(name):
            kind = "application/json"
            answer = shop.call("POST", path, data=body, content_type=kind)
            check(answer, status)
            code = "malformed_json" if status == 400 else "validation_failed"
            assert answer.json["code"] == code


@pytest.mark.parametrize("field", FIELDS)
def test_a_wrong_field_of_a_registration_is_named(
    shop: Any, subtests: pytest.Subtests, field: str
) -> None:
    for name, value in FIELDS[field].items():
        with subtests.test(name):
            body = {**GOOD, field: value}
            answer = shop.call("POST", "/user/register/", json=body)
            check(answer, 422)
            assert list(answer.json["errors"]) == [field]

    assert everybody(shop) == []


@pytest.mark.parametrize("field", GOOD)
def test_a_missing_field_is_named(shop: Any, field: str) -> None:
    body = {k: v for k, v in GOOD.items() if k != field}

    answer = shop.call("POST", "/user/register/", json=body)

    check(answer, 422)
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("field", PROFILE)
def test_a_wrong_field_of_a_profile_is_named(
    shop: Any, asha: Any, subtests: pytest.Subtests, field: str
) -> None:
    before = shop.me(asha).json

    for name, value in PROFILE[field].items():
        with subtests.test(name):
            body = {field: value}
            answer = shop.call("PATCH", "/user/me/", asha.headers, json=body)
            check(answer, 422)
            assert list(answer.json["errors"]) == [field]

    assert shop.me(asha).json == before


def test_an_invalid_right_is_named(
    shop: Any, admin: Any, asha: Any, subtests: pytest.Subtests
) -> None:
    for body in RIGHTS:
        with subtests.test(str(body)):
            path = f"/user/{asha.id}/"
            answer = shop.call("PATCH", path, admin.headers, json=body)
            check(answer, 422)
            assert list(answer.json["errors"]) == list(body)


def test_an_invalid_query_is_refused(
    shop: Any, admin: Any, subtests: pytest.Subtests
) -> None:
    for query in QUERIES:
        with subtests.test(query[:50]):
            check(shop.call("GET", f"/user/?{query}", admin.headers), 422)


def test_a_cursor_of_another_list_is_refused(shop: Any, admin: Any) -> None:
    shop.person()
    page = shop.call("GET", "/user/?limit=1", admin.headers).json
    staff = shop.person("staff")

    for query, person in (("sort=name", admin), ("q=a", admin), ("limit=1", staff)):
        path = f"/user/?{query}&cursor={page['next_cursor']}"
        check(shop.call("GET", path, person.headers), 422)


def test_an_invalid_id_is_not_found(
    shop: Any, admin: Any, subtests: pytest.Subtests
) -> None:
    for number in PATHS:
        with subtests.test(number[:50]):
            check(shop.call("GET", f"/user/{number}/", admin.headers), 404)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", None]
)
@pytest.mark.parametrize("path", ["/user/register/", "/user/login/"])
def test_a_body_of_another_content_type_is_refused(
    shop: Any, path: str, kind: Any
) -> None:
    check(shop.call("POST", path, data=b"{}", content_type=kind), 415)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/user/register/", "application/json"),
        ("/user/token/", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_over_a_mebibyte_is_refused(shop: Any, path: str, kind: str) -> None:
    data = b"a" * (1 << 20) + b"{}"

    check(shop.call("POST", path, data=data, content_type=kind), 413)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_a_refused_method_lists_the_allowed_ones(shop: Any, method: str) -> None:
    answer = shop.call(method, "/user/")

    check(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a b"])
def test_a_wrong_idempotency_key_is_refused(shop: Any, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("utf-8").decode("latin-1")}

    answer = shop.call("POST", "/user/register/", headers, json=GOOD)

    check(answer, 400)
    assert answer.json["code"] == "idempotency_key_invalid"
    assert everybody(shop) == []


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "%'; DROP TABLE users", "\\", "(a+)+$", "%%%___", "{}"]
)
def test_a_search_has_no_wildcards(shop: Any, admin: Any, text: str) -> None:
    answer = shop.call("GET", "/user/", admin.headers, query_string={"q": text})

    assert (answer.status_code, answer.json["data"]) == (200, [])


def test_composed_and_decomposed_letters_are_the_same_name(shop: Any) -> None:
    body = {**GOOD, "name": "  Rene\u0301e  "}

    answer = shop.call("POST", "/user/register/", json=body)

    assert answer.json["name"] == "Ren\u00e9e"


@pytest.mark.parametrize("name", FIELDS["email"])
def test_a_wrong_address_to_mail_to_is_named(shop: Any, name: str) -> None:
    body = {"email": FIELDS["email"][name]}

    answer = shop.call("POST", "/user/password-reset/", json=body)

    check(answer, 422)
    assert list(answer.json["errors"]) == ["email"]


@pytest.mark.parametrize("path", MAILED[1:])
@pytest.mark.parametrize("token", ["", "x" * 201, 5, None, ["x"], {"a": 1}, True])
def test_an_invalid_token_is_named(shop: Any, path: str, token: Any) -> None:
    body = {"token": token, "new_password": "and-home-by-the-river"}
    body = body if "reset" in path else {"token": token}

    answer = shop.call("POST", f"/user/{path}/", json=body)

    check(answer, 422)
    assert list(answer.json["errors"]) == ["token"]


@pytest.mark.parametrize("token", ["x", "\u00fc" * 43, "' OR 1=1 --", " "])
def test_a_token_of_an_unknown_user_is_refused(shop: Any, token: str) -> None:
    answer = shop.call("POST", "/user/verify-email/confirm/", json={"token": token})

    check(answer, 400)
    assert answer.json["code"] == "invalid_token"
