"""Bodies are read as their headers say, and within limits."""

import pytest

from chassis.web import bodies

GOOD = b'{"name": "a", "price": "1"}'
ADDRESS = "/things/"


@pytest.fixture
def post(client, tokens):
    def call(body=GOOD, media_type="application/json", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(
            ADDRESS,
            data=body,
            content_type=media_type,
            headers={**tokens.user(), **named},
        )

    return call


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'application/json; charset="UTF-8"',
        "APPLICATION/JSON;charset=utf8",
    ],
)
def test_json_in_utf_8_is_read(post, media_type):
    assert post(media_type=media_type).status_code == 201


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/json; charset=unknown",
        "application/json, text/plain",
        "application/json; charset=utf-8, application/json",
        "application/json; charset=utf-8, text/plain",
        "text/json",
        None,
    ],
)
def test_another_character_set_or_type_is_refused(post, media_type):
    answer = post(media_type=media_type)

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "x"])
def test_a_content_encoding_is_refused(post, encoding):
    assert post(Content_Encoding=encoding).status_code == 415
    assert post(Content_Encoding="Identity").status_code == 201


def test_the_headers_of_a_body_without_fields_are_checked_too(client, tokens):
    def call(**options):
        return client.post("/things/two-steps/", headers=tokens.user(), **options)

    utf_16 = "application/json; charset=utf-16"
    assert call(data=b"{}", content_type=utf_16).status_code == 415
    assert call(data=b"{}", content_type="application/json").status_code == 201


LARGE = {
    "items": b'{"name": [' + b",".join([b"{}"] * 349_000) + b"]}",
    "numbers": b"[" + b",".join([b"0"] * 520_000) + b"]",
    "members": b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b"}",
    "texts": b"[" + b",".join([b'""'] * 300_000) + b"]",
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE.keys())
def test_a_body_of_too_many_values_is_refused_before_it_is_parsed(
    post, body, monkeypatch
):
    monkeypatch.setattr(bodies, "json", None)  # parsing would be an error 500

    answer = post(body)

    assert answer.status_code == 422
    assert answer.json["errors"] == {"body": ["Holds more than 5000 values."]}
    assert len(answer.data) < 1000


def test_depth_is_counted_and_not_only_brackets(post):
    deep = b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}"
    flat = b'{"name": [' + b",".join([b"[]"] * 400) + b"]}"

    assert (post(deep).status_code, post(deep).json["code"]) == (400, "malformed_json")
    assert post(flat).json["errors"]["name"] == ["Not a valid string."]


@pytest.mark.parametrize("text", ["{[," * 30, r"\"[{" * 20, "\\\\" * 40, ",,,,"])
def test_marks_inside_a_text_are_no_values(post, text):
    body = b'{"name": "%s", "price": "1"}' % text.encode()

    assert post(body).status_code == 201


def test_many_marks_inside_a_text_are_no_values(app):
    body = b'{"text": "' + rb"\",[{" * 100_000 + b'"}'
    with app.test_request_context(data=body, content_type="application/json"):
        assert bodies.read_json() == {"text": '",[{' * 100_000}


def test_errors_are_listed_up_to_a_hundred(post):
    body = b"{" + b",".join(b'"x%d":0' % n for n in range(300)) + b"}"

    answer = post(body)

    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 100
    assert answer.json["detail"].startswith("302 field(s) are not valid.")


def test_a_long_name_of_a_field_is_shortened(post, client, tokens):
    body = b'{"%s": 0}' % (b"x" * 100_000)

    for answer in (
        post(body),
        client.post(
            "/things/two-steps/",
            data=body,
            content_type="application/json",
            headers=tokens.user(),
        ),
    ):
        assert answer.status_code == 422
        assert len(answer.data) < 1000


def test_a_form_of_too_many_fields_is_refused_before_it_is_read(client):
    answer = client.post(
        "/admin/login/",
        data=b"a&" * 2000,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 413
    latin = "application/x-www-form-urlencoded; charset=latin-1"
    answer = client.post("/admin/login/", data=b"a=b", content_type=latin)
    assert answer.status_code == 415
