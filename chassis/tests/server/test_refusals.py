"""The server's refusals: one status for each error, and no text of the request."""

import json

import pytest
from gunicorn.http import errors

from chassis.server import refusals
from chassis.server.connections import SlowClient


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SlowClient(), 408),
        (errors.LimitRequestLine(9000, 8190), 414),
        (errors.LimitRequestHeaders("too many"), 431),
        (errors.InvalidChunkSize(b"xyz"), 400),
        (errors.InvalidHeader("A"), 400),
        (errors.NoMoreData(), 400),
        (ZeroDivisionError("a secret"), 500),
    ],
)
def test_an_error_of_the_server_has_a_status(error, status):
    assert refusals.of(error)[0] == status


def test_a_refusal_is_a_whole_response_with_a_problem_document():
    head, _, body = refusals.answer(408, "Too late.", "/a/").partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    problem = json.loads(body)

    assert lines[0] == "HTTP/1.1 408 Request Timeout"
    assert headers["Connection"] == "close"
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Content-Length"] == str(len(body))
    assert (problem["status"], problem["detail"]) == (408, "Too late.")
    assert problem["instance"] == "/a/"


def test_the_text_of_an_error_is_not_sent():
    assert b"secret" not in refusals.refuse(None, None, ZeroDivisionError("a secret"))


def test_every_app_answers_a_body_that_breaks_off(own_app):
    @own_app.post("/broken/")
    def broken():
        raise SlowClient

    assert own_app.test_client().post("/broken/").status_code == 408
