"""Every answer that is not a success is a problem document."""

import http.client
import json

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tiny import db

from chassis.errors import CODES, Conflict, Gone, TooManyRequests
from devtools.testkit.plugin import serve

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "correlation_id"}


def problem(answer, status, code):
    assert answer.mimetype == "application/problem+json"
    assert answer.json.keys() >= MEMBERS
    assert answer.status_code == answer.json["status"] == status
    assert answer.json["code"] == code
    assert answer.json["type"] == f"urn:shop:problem:{code}"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


def test_what_is_not_there_is_a_problem(client):
    for path in (
        "/",
        "/nothing",
        "/things/1/",
        "/things/0/",
        "/things/-1/",
        "/things/abc/",
        "/things/9223372036854775808/",
        f"/things/{10**22}/",
        f"/things/{'9' * 5000}/",
        "/things/%00/",
        "/things/%F0%9F%98%80/",
        "/things/%FF/",
        "/things/\u0661/",
        "/things/1.0/",
        "/things/../etc/passwd",
        "/%2Fthings/1/",
        "/things//1/",
        "/docs-assets/../__init__.py",
        "/docs-assets/%2e%2e/__init__.py",
        "/console",
    ):
        problem(client.get(path), 404, "not_found")


def test_a_method_that_is_not_taken_is_a_problem_that_says_which_are(client):
    for method in ("PUT", "DELETE", "TRACE", "PROPFIND", "X" * 100):
        answer = client.open("/things", method=method)
        problem(answer, 405, "method_not_allowed")
        allowed = set(answer.headers["Allow"].split(", "))
        assert allowed == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_method_in_a_header_is_ignored(client):
    headers = {"X-HTTP-Method-Override": "POST"}

    assert client.get("/things/", headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_on_every_address(client, tokens):
    big = b" " * ((1 << 20) + 1)
    for method, path in (("POST", "/things/"), ("GET", "/things/"), ("GET", "/x/")):
        answer = client.open(path, method=method, data=big, headers=tokens.user())
        problem(answer, 413, "too_large")


def test_a_body_over_the_limit_without_its_length_is_refused(app, tokens):
    with serve(app) as address:
        host = http.client.HTTPConnection(address.removeprefix("http://"))
        host.request(
            "POST",
            "/things/",
            iter([b" " * 65536] * 17),
            {**tokens.user(), "Content-Type": "application/json"},
            encode_chunked=True,
        )
        answer = host.getresponse()
        assert (answer.status, json.load(answer)["code"]) == (413, "too_large")
        host.close()


def test_a_body_that_is_not_json_is_refused(client, tokens):
    for kind in (
        None,
        "",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json-patch+json",
        "application/jsonp",
    ):
        answer = client.post(
            "/things/",
            data=b'{"name": "a", "price": "1"}',
            content_type=kind,
            headers=tokens.user(),
        )
        problem(answer, 415, "unsupported_media_type")


def test_json_may_name_its_letters(client, tokens):
    answer = client.post(
        "/things/",
        data=b'{"name": "a", "price": "1"}',
        content_type="application/json; charset=utf-8",
        headers=tokens.user(),
    )

    assert answer.status_code == 201


def test_fields_that_are_wrong_are_named_by_their_paths(client, tokens):
    body = {"name": "", "price": 4.5, "role": "admin"}
    answer = client.post("/things/", json=body, headers=tokens.user())

    problem(answer, 422, "validation_failed")
    assert answer.json["errors"].keys() == {"name", "price", "role"}
    assert all(isinstance(e, list) for e in answer.json["errors"].values())


@pytest.mark.parametrize("body", [[], [1], "a", 5, True, None])
def test_a_body_that_is_no_object_is_named_body(client, tokens, body):
    answer = client.post(
        "/things/",
        data=json.dumps(body),
        content_type="application/json",
        headers=tokens.user(),
    )

    problem(answer, 422, "validation_failed")
    assert answer.json["errors"].keys() == {"body"}


def test_an_unexpected_error_says_nothing_of_itself(client):
    answer = problem(
        client.get("/fall/") if False else client.get("/things/fall/"),
        500,
        "internal_error",
    )

    assert "secret of the house" not in answer.text
    assert "RuntimeError" not in answer.text


def failing(app, error):
    @app.get("/failing/")
    def fail():
        raise error

    return app.test_client().get("/failing/")


class Refused(Exception):
    """What a driver raises."""


SECRET = ("INSERT INTO users", {"password": "hunter2"}, Refused("duplicate hunter2"))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError(*SECRET), 503, "unavailable"),
        (PoolTimeout("hunter2"), 503, "unavailable"),
        (DataError(*SECRET), 422, "validation_failed"),
        (OverflowError("hunter2"), 422, "validation_failed"),
        (UnicodeEncodeError("utf-8", "hunter2", 0, 1, "x"), 422, "validation_failed"),
        (IntegrityError(*SECRET), 409, "conflict"),
        (KeyError("hunter2"), 500, "internal_error"),
        (RecursionError("hunter2"), 500, "internal_error"),
    ],
)
def test_errors_of_the_database_are_problems_without_its_words(
    own_app, error, status, code
):
    answer = problem(failing(own_app, error), status, code)

    assert "hunter2" not in answer.text
    assert "INSERT" not in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_a_problem_brings_its_own_members_and_headers(own_app):
    error = TooManyRequests(
        "Wait.", code="slow_down", headers={"Retry-After": "7"}, n=3
    )

    answer = problem(failing(own_app, error), 429, "slow_down")

    assert (answer.json["n"], answer.headers["Retry-After"]) == (3, "7")
    assert (answer.json["detail"], answer.json["title"]) == (
        "Wait.",
        "Too Many Requests",
    )


def test_problems_know_their_codes():
    assert Conflict("x").code == "conflict"
    assert Gone("x").code == "gone"
    assert CODES[412] == "precondition_failed"


def test_the_next_request_after_a_bad_one_works(app, client):
    client.get("/things/fall/")
    client.post("/things/", data=b"[" * 100_000, content_type="application/json")

    assert client.get("/things/").status_code == 200
    with app.app_context():
        assert db.engine.pool.checkedout() == 0
