"""Whatever a client sends, the answer is never 500."""

import json

import pytest

LINKS, ORDERS = "/v1/payment_links", "/v1/orders"
NOT_JSON = [
    b"{",
    b"[]",
    b"500",
    b"null",
    b'"text"',
    b"[" * 100_000,
    b'{"amount": NaN}',
    b'{"amount": 1e400}',
    b'{"amount": 9223372036854775808}',
    b'{"amount": ' + b"9" * 5000 + b"}",
    b'{"amount": 100, "amount": 200}',
    b'{"description": "\\ud800"}',
    b'{"description": "\xff"}',
    '{"amount": 100}'.encode("utf-16"),
]
VALUES = [None, True, 0, -1, 1.5, "", "x", "\x00", [], [1], {}, {"a": {"b": 1}}]
FIELDS = {
    LINKS: [
        "amount", "currency", "accept_partial", "first_min_partial_amount",
        "description", "reference_id", "customer", "expire_by", "notify",
        "reminder_enable", "notes", "callback_url", "callback_method", "upi_link",
    ],
    ORDERS: [
        "amount", "currency", "receipt", "notes", "partial_payment", "unique_receipt",
    ],
}  # fmt: skip


@pytest.mark.parametrize("path", [LINKS, ORDERS])
@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
def test_a_body_that_is_not_a_json_object_is_rejected(api, served, path, body):
    answer = api.post(served.url + path, data=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BAD_REQUEST_ERROR"


@pytest.mark.parametrize("path", [LINKS, ORDERS])
def test_no_value_of_any_field_causes_a_server_error(api, served, path):
    for field in FIELDS[path]:
        for value in VALUES:
            data = {"amount": 49900, "currency": "INR", field: value}
            answer = api.post(served.url + path, data=json.dumps(data))
            assert answer.status_code in (200, 400), (field, value)


@pytest.mark.parametrize(
    "part",
    ["customer", "notes", "notify"],
)
def test_no_value_inside_an_object_causes_a_server_error(api, served, part):
    for key in ("name", "email", "contact", "sms"):
        for value in VALUES:
            data = {"amount": 49900, part: {key: value}}
            answer = api.post(served.url + LINKS, data=json.dumps(data))
            assert answer.status_code in (200, 400), (key, value)
