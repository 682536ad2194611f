"""Strict JSON in, plain JSON out."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chassis import json
from chassis.errors import BadRequest

BAD = {
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "cut off": b'{"name": "a"',
    "empty": b"",
    "spaces alone": b"  ",
    "NaN": b'{"price": NaN}',
    "Infinity": b'{"price": Infinity}',
    "minus Infinity": b"[-Infinity]",
    "a number without end": b'{"price": 1e400}',
    "a key twice": b'{"qty": 1, "qty": 99}',
    "a key twice, inside": b'{"a": [{"qty": 1, "qty": 1}]}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate as a key": b'{"\\udfff": 1}',
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "a raw NUL": b'{"name": "\x00"}',
    "too many digits": b'{"qty": ' + b"9" * 5000 + b"}",
    "two texts": b"{} {}",
    "single quotes": b"{'a': 1}",
    "a last comma": b"[1,]",
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_what_is_not_strict_json_is_refused(raw):
    with pytest.raises(BadRequest) as wrong:
        json.loads(raw)

    assert wrong.value.code == "malformed_json"
    assert len(wrong.value.detail) < 300


def test_a_body_that_is_not_strict_json_is_a_problem_and_changes_nothing(
    client, tokens
):
    for raw in BAD.values():
        answer = client.post(
            "/things/",
            data=raw,
            content_type="application/json",
            headers=tokens.user(),
        )
        assert (answer.status_code, answer.json["code"]) == (400, "malformed_json")
        assert answer.mimetype == "application/problem+json"

    good = {"name": "a", "price": "1"}
    answer = client.post("/things/", json=good, headers=tokens.user())
    assert (answer.status_code, answer.json["id"]) == (201, 1)


def test_flasks_own_reading_is_strict_too(app):
    with app.test_request_context(
        data=b'{"a":1,"a":2}', content_type="application/json"
    ):
        from flask import request

        with pytest.raises(BadRequest):
            request.get_json()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'"\\ud83d\\ude00"', "😀"),
        ('"😀 ₹"'.encode(), "😀 ₹"),
        (b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
    ],
)
def test_good_json_is_read(raw, value):
    assert json.loads(raw) == value


def test_amounts_are_written_as_strings_and_moments_with_z():
    moment = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)

    written = json.dumps({"price": Decimal("4.5"), "at": moment, 1: "₹"})

    assert written == '{"price":"4.50","at":"2026-11-25T09:30:00Z","1":"₹"}'.encode()
    assert json.timestamp(moment) == "2026-11-25T09:30:00Z"


def test_what_has_no_json_form_is_an_error():
    with pytest.raises(TypeError):
        json.dumps({1, 2})
