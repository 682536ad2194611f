"""W3C trace context: taken, passed on to calls and messages."""

import pytest
from nasty_server import nasty
from opentelemetry import trace
from sqlalchemy import select
from tiny import Outbox, db

from chassis import tracing
from chassis.http import Client

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def app(own_app):
    return own_app


@pytest.fixture
def calling(app):
    """Serve an address whose view calls a dependency; return the dependency."""
    with nasty() as server:
        dependency = Client("order-svc", server.address)

        @app.get("/calls/")
        def call():
            dependency.call("GET", "/200/")
            return {}

        yield server
        dependency.pool.clear()


def test_a_trace_goes_on_through_the_request_to_the_outgoing_call(client, calling):
    client.get("/calls/", headers={"traceparent": PARENT, "X-Correlation-ID": "a-1"})

    version, trace_id, span_id, _ = calling.headers["traceparent"].split("-")
    assert (version, trace_id) == ("00", TRACE)
    assert span_id not in PARENT
    assert calling.headers["X-Correlation-ID"] == "a-1"


BRACES = "{" * 4000


@pytest.mark.parametrize(
    "headers",
    [
        [("baggage", f"a={BRACES},b={BRACES}")],
        [("baggage", "userId=1")],
        [("tracestate", "a=" + "x" * 250), ("tracestate", "b=" + "y" * 250 + "," * 20)],
        [("tracestate", ",".join(f"k{n}=" + "x" * 200 for n in range(30)))],
        [("tracestate", "a=\u00e9")],
        [("Accept-Language", "x" * 4000)],
        [("Cookie", "a=" + "b" * 4000), ("X-Forwarded-For", "1" * 4000)],
        [("X-Correlation-ID", "a" * 4000)],
    ],
    ids=lambda headers: headers[0][0],
)
def test_nothing_else_of_a_clients_headers_goes_into_our_calls(
    client, calling, headers
):
    usual = client.get("/calls/", headers={"traceparent": PARENT})
    names, size = set(calling.headers), len(str(calling.headers))
    answer = client.get("/calls/", headers=[("traceparent", PARENT), *headers])

    assert (usual.status_code, answer.status_code) == (200, 200)
    assert set(calling.headers) == names
    assert len(str(calling.headers)) == size


def test_a_tracestate_within_the_limits_goes_on(client, calling):
    client.get("/calls/", headers={"traceparent": PARENT, "tracestate": "a=1,b=2"})

    assert calling.headers["tracestate"] == "a=1,b=2"


def test_a_trace_goes_on_into_the_outbox(app, client, tokens):
    headers = {**tokens.user(), "traceparent": PARENT}
    client.post("/things/", json={"name": "a", "price": "1"}, headers=headers)

    with app.app_context():
        assert db.session.scalar(select(Outbox.traceparent)).split("-")[1] == TRACE


def test_a_traceparent_that_is_none_begins_a_new_trace(client, calling):
    for wrong in (
        "",
        "x",
        PARENT.upper().replace("00-", "ff-", 1),
        PARENT.replace("00-", "ff-", 1),
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-b7ad6b71692033-01",
        f"00-{'z' * 32}-b7ad6b7169203331-01",
        "00-" + "a" * 10_000,
    ):
        answer = client.get("/calls/", headers={"traceparent": wrong})
        assert answer.status_code == 200
        begun = calling.headers["traceparent"].split("-")[1]
        assert len(begun) == 32
        assert begun not in (TRACE, "0" * 32), wrong


def test_a_message_goes_on_with_its_senders_trace(app):
    with app.app_context(), tracing.consuming("thing.made", PARENT):
        span = trace.get_current_span().get_span_context()

    assert f"{span.trace_id:032x}" == TRACE


@pytest.mark.parametrize("wrong", ["", "x", f"00-{'0' * 32}-{'0' * 16}-01"])
def test_a_message_without_a_trace_begins_one(app, wrong):
    with app.app_context(), tracing.consuming("thing.made", wrong):
        span = trace.get_current_span().get_span_context()

    assert span.is_valid
    assert f"{span.trace_id:032x}" != TRACE
