"""The requests of hostile clients are what their kinds promise, for each service."""

import json
from base64 import urlsafe_b64decode
from random import Random

import pytest

from devtools.layout import SERVICES
from verification.faults import hostile_requests
from verification.faults.hostile_kinds import BY_HOSTILE, HOSTILE
from verification.faults.hostile_requests import (
    CHUNKS,
    HEADERS,
    WHOLE,
    WHOLE_REQUESTS,
    Target,
    half_request,
    order,
    random_kid,
    request,
    sign_in,
)

MIB = 1 << 20
MALLORY = Target("order-svc", "token-of-mallory", ("asha@shop.example",))
TARGETS = [(row.kind, service) for row in HOSTILE for service in row.targets]


def head_of(data):
    head, _, body = data.partition(b"\r\n\r\n")
    return head.decode("latin-1").split("\r\n"), body


def test_every_kind_has_its_requests():
    assert {*WHOLE_REQUESTS, "half_connections"} == BY_HOSTILE


@pytest.mark.parametrize(("kind", "service"), TARGETS)
def test_the_same_numbers_draw_the_same_request(kind, service):
    make = WHOLE_REQUESTS.get(kind, half_request)
    target = Target(service, "token")

    assert make(Random(7), target) == make(Random(7), target)
    assert len({make(Random(n), target)[:400] for n in range(9)}) > 1


def test_a_request_has_its_length_or_chunks():
    lines, body = head_of(request("POST", "/a/", "X: y", body=b"{}"))

    assert lines[0] == "POST /a/ HTTP/1.1"
    assert {"Host: 127.0.0.1", "X: y", "Content-Length: 2"} <= {*lines}
    assert body == b"{}"
    assert b"Content-Length" not in request("POST", "/a/", hostile_requests.CHUNKED)


@pytest.mark.parametrize("make", WHOLE)
def test_a_large_body_is_as_large_as_is_read(make):
    assert MIB * 0.8 < len(make()) <= MIB


def test_some_chunks_hold_more_than_is_read():
    assert any(len(make()) > MIB for make in CHUNKS)


def test_travelling_headers_reach_what_the_other_service_would_refuse():
    sizes = [sum(map(len, lines)) for lines in HEADERS]

    assert sum(size > 7900 for size in sizes) >= 6
    names = {line.partition(":")[0] for lines in HEADERS for line in lines}
    assert {"baggage", "tracestate", "traceparent", "X-Correlation-ID"} <= names


def test_an_order_of_a_hostile_client_holds_nobodys_stock():
    lines, body = head_of(order(MALLORY))

    assert "Authorization: Bearer token-of-mallory" in lines
    (item,) = json.loads(body)["items"]
    assert item["product_id"] == hostile_requests.NOBODYS_PRODUCT


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_password_is_tried_at_each_service(service):
    lines, body = head_of(sign_in(Random(1), Target(service, emails=("a@b.example",))))

    is_user_svc = service == "user-svc"
    assert lines[0].split(" ")[1] == (
        "/user/login/" if is_user_svc else "/swagger/token/"
    )
    assert b"a%40b.example" in body or b"a@b.example" in body


def test_a_random_kid_stands_in_a_token_of_the_right_form():
    lines, _ = head_of(random_kid(Random(1), MALLORY))
    (token,) = (one for one in lines if one.startswith("Authorization"))

    header = token.removeprefix("Authorization: Bearer ").partition(".")[0]
    found = json.loads(urlsafe_b64decode(header + "=="))
    assert (found["alg"], found["typ"]) == ("RS256", "at+jwt")
    assert found["kid"]


@pytest.mark.parametrize("seed", range(6))
def test_a_half_request_is_never_complete(seed):
    lines, body = head_of(half_request(Random(seed), MALLORY))

    assert "X-Slow: a" in lines or body in (b"{", b"FF\r\n{")
