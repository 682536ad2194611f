"""Calls to other services: definite answers, or none known."""

import socket
import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest
from nasty_server import nasty
from opentelemetry import trace

from chassis import breaker, correlation, http
from chassis.http import CONNECT, READ, Answer, Client, Limited, Outage
from chassis.outcomes import Unknown


@pytest.fixture
def server():
    with nasty() as server:
        yield server


@pytest.fixture
def dependency(server):
    client = Client("order-svc", server.address, read=0.5)
    yield client
    client.pool.clear()


@pytest.mark.parametrize("status", [200, 201, 400, 401, 404, 409, 422])
def test_a_definite_answer_is_returned_whatever_its_status(dependency, status):
    assert dependency.call("POST", f"/{status}/") == Answer(status, {"said": 1})


def test_an_empty_answer_is_definite(dependency):
    assert dependency.call("DELETE", "/empty/") == Answer(204, None)


UNKNOWN = ["500", "502", "503", "408", "429", "redirect", "again", "html"]
BROKEN = ["cut", "huge", "hangup", "garbage", "slow"]


@pytest.mark.parametrize("path", UNKNOWN + BROKEN)
def test_without_a_definite_answer_the_outcome_is_unknown(dependency, server, path):
    with pytest.raises(Unknown, match="order-svc") as unknown:
        dependency.call("POST", f"/{path}/", json={})

    assert unknown.value.status == 503
    assert server.seen == {f"/{path}/": 1}
    server.release.set()
    assert dependency.call("POST", "/200/").status == 200


def test_a_refused_connection_leaves_the_outcome_unknown():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = Client("order-svc", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(Unknown):
            away.call("GET", "/200/")
    away.pool.clear()


def test_a_refused_rate_is_no_outage_and_tells_the_wait(dependency):
    for _ in range(6):
        with pytest.raises(Limited) as limited:
            dependency.call("POST", "/limited/")

    assert limited.value.retry_after == 7.0
    assert not isinstance(limited.value, Outage)
    assert not dependency.is_down


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_idempotent_request_is_retried_once(dependency, server, method):
    with pytest.raises(Unknown):
        dependency.call(method, "/hangup/")

    assert server.seen == {"/hangup/": 2}


@pytest.mark.parametrize("path", ["500", "again", "html", "redirect"])
def test_an_answer_is_not_asked_for_again(dependency, server, path):
    with pytest.raises(Unknown):
        dependency.call("GET", f"/{path}/")

    assert server.seen == {f"/{path}/": 1}


def fail(dependency, times):
    for _ in range(times):
        with pytest.raises(Unknown):
            dependency.call("POST", "/500/")


def test_five_failures_in_a_row_open_the_breaker(dependency, server):
    fail(dependency, 4)
    assert not dependency.is_down
    fail(dependency, 1)

    assert dependency.is_down
    with pytest.raises(Unknown, match="is unavailable right now"):
        dependency.call("GET", "/200/")
    assert server.seen == {"/500/": 5}


def test_a_success_starts_the_count_again(dependency):
    fail(dependency, 4)
    dependency.call("GET", "/404/")
    fail(dependency, 4)

    assert not dependency.is_down


@pytest.mark.parametrize("path", ["408", "429", "too_large", "404"])
def test_an_answer_that_our_own_request_caused_is_no_outage(dependency, path):
    for _ in range(6):
        with suppress(Unknown):
            dependency.call("POST", f"/{path}/")

    assert not dependency.is_down


def test_it_ends_a_row_of_failures_as_any_answer_does(dependency):
    fail(dependency, 4)
    with pytest.raises(Unknown, match="order-svc answered 431 without JSON"):
        dependency.call("POST", "/too_large/")
    fail(dependency, 4)

    assert not dependency.is_down


def test_a_service_that_protects_itself_is_no_outage(dependency):
    for _ in range(6):
        with pytest.raises(Unknown) as unknown:
            dependency.call("POST", "/busy/")

    assert not isinstance(unknown.value, Outage)
    assert not dependency.is_down


@pytest.mark.parametrize("path", ["html", "redirect", "hangup", "huge"])
def test_whatever_no_service_answers_is_an_outage(dependency, path):
    for _ in range(5):
        with pytest.raises(Outage):
            dependency.call("POST", f"/{path}/")

    assert dependency.is_down


@pytest.fixture
def after_the_pause(dependency, monkeypatch):
    """Open the breaker, and let its pause be over."""
    fail(dependency, 5)
    over = breaker.time.monotonic() + breaker.PAUSE
    monkeypatch.setattr(breaker, "time", SimpleNamespace(monotonic=lambda: over))
    assert not dependency.is_down


@pytest.mark.usefixtures("after_the_pause")
def test_a_success_after_the_pause_closes_the_breaker(dependency):
    assert dependency.call("GET", "/200/").status == 200
    fail(dependency, 4)
    assert not dependency.is_down


@pytest.mark.usefixtures("after_the_pause")
def test_a_failure_after_the_pause_opens_the_breaker_again(dependency):
    fail(dependency, 1)

    assert dependency.is_down


def test_a_client_waits_half_a_second_to_connect_and_two_to_read(monkeypatch):
    # The test run makes these times longer after this module was imported.
    monkeypatch.setattr(http, "CONNECT", CONNECT)
    monkeypatch.setattr(http, "READ", READ)

    client = Client("order-svc", "http://127.0.0.1:9")

    limits = client.pool.connection_pool_kw["timeout"]
    assert (limits.connect_timeout, limits.read_timeout) == (0.5, 2.0)


def test_calls_from_several_threads_run_at_the_same_time(server):
    dependency = Client("order-svc", server.address, read=10)
    answers = []

    def ask():
        answers.append(dependency.call("GET", "/together/").status)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dependency.pool.clear()

    assert answers == [200, 200]


def test_the_correlation_id_and_the_trace_are_sent(dependency, server, app):
    with app.app_context():
        tracer = app.extensions["tracer"]
        correlation.use("order-17")
        with tracer.start_as_current_span("test"):
            span = trace.get_current_span().get_span_context()
            dependency.call("GET", "/200/", headers={"Authorization": "Bearer x"})

    assert server.headers["X-Correlation-ID"] == "order-17"
    assert f"{span.trace_id:032x}" in server.headers["traceparent"]
    assert server.headers["Authorization"] == "Bearer x"


def test_json_and_bytes_are_sent_as_they_are(dependency, server):
    dependency.call("POST", "/200/", json={"a": "₹"})
    assert server.headers["Content-Type"] == "application/json"
    dependency.call("POST", "/200/", body=b"a=1")

    assert server.bodies == ['{"a":"₹"}'.encode(), b"a=1"]
