"""Whatever a client sends, the answer is never 500."""

import json
import logging

import pytest
import requests

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
def test_what_is_no_json_object_is_refused(api, served, path, body):
    answer = api.post(served.url + path, data=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BAD_REQUEST_ERROR"


@pytest.mark.parametrize("path", [LINKS, ORDERS])
def test_no_value_of_any_field_breaks_the_server(api, served, path):
    for field in FIELDS[path]:
        for value in VALUES:
            data = {"amount": 49900, "currency": "INR", field: value}
            answer = api.post(served.url + path, data=json.dumps(data))
            assert answer.status_code in (200, 400), (field, value)


@pytest.mark.parametrize(
    "part",
    ["customer", "notes", "notify"],
)
def test_no_value_inside_an_object_breaks_the_server(api, served, part):
    for key in ("name", "email", "contact", "sms"):
        for value in VALUES:
            data = {"amount": 49900, part: {key: value}}
            answer = api.post(served.url + LINKS, data=json.dumps(data))
            assert answer.status_code in (200, 400), (key, value)


@pytest.mark.parametrize("name", ["count", "skip", "from", "to"])
@pytest.mark.parametrize("value", ["-1", "x", "9" * 30, "1.5", "\u0661", "\x00"])
def test_a_strange_list_parameter_is_refused(api, served, name, value):
    for path in (LINKS, ORDERS, "/v1/payments", "/v1/refunds"):
        answer = api.get(served.url + path, params={name: value})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "address", ["callback_url", "http://", "http://[", "http://a b", "ftp://x", "//x"]
)
def test_a_strange_callback_address_is_refused(api, served, address):
    data = {"amount": 100, "callback_url": address, "callback_method": "get"}

    assert api.post(served.url + LINKS, json=data).status_code == 400


def test_an_address_that_is_not_there_is_refused_as_razorpay_does(api, served):
    for method in ("GET", "POST", "DELETE", "PUT"):
        answer = api.request(method, f"{served.url}/v1/nothing")
        assert answer.status_code == 400
        assert answer.json()["error"] == {
            "code": "BAD_REQUEST_ERROR",
            "description": "The requested URL was not found on the server.",
            "source": "NA",
            "step": "NA",
            "reason": "NA",
            "metadata": {},
        }


def test_a_wrong_method_is_no_address(api, served):
    answer = api.delete(served.url + LINKS)

    assert answer.status_code == 400


def test_a_body_above_a_mebibyte_is_too_large(api, served):
    answer = api.post(served.url + ORDERS, data=b" " * (1024 * 1024 + 1))

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic",
        "Basic !!!",
        "Bearer x",
        "basic {}",
        "BASIC {}",
        "Basic cnpwX3Rlc3Q6eA==",
    ],
)
def test_whoever_lacks_the_key_is_refused(api, served, header):
    plain = requests.Request("GET", served.url, auth=api.auth).prepare()
    right = plain.headers["Authorization"].removeprefix("Basic ")
    headers = {"Authorization": header.format(right)} if header else {}

    answer = requests.get(served.url + LINKS, headers=headers, timeout=5)

    assert answer.status_code == 401
    assert answer.json() == {
        "error": {
            "code": "BAD_REQUEST_ERROR",
            "description": "Authentication failed",
        }
    }


def test_a_request_is_logged_without_secrets(api, served, caplog):
    caplog.set_level(logging.INFO, "razorpay_sandbox")

    api.get(served.url + LINKS, headers={"X-Correlation-ID": "abc"})

    found = [line.fields for line in caplog.records if hasattr(line, "fields")][-1]
    assert (found["path"], found["status"]) == (LINKS, 200)
    assert found["correlation_id"] == "abc"
    assert served.key_secret not in str([vars(line) for line in caplog.records])
