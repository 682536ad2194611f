"""Hostile clients send requests, and complain about what no service may answer."""

import socket
import threading
from contextlib import closing, contextmanager, suppress

import pytest
from werkzeug.wrappers import Response

from devtools.testkit.plugin import serve
from verification.faults import hostile
from verification.faults.hostile import Answer, Attack, Hostile, Siege, exchange
from verification.faults.hostile_requests import Target, request
from verification.faults.waiting import wait_for

PROBLEM = "application/problem+json"
WITHIN = 30.0


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(hostile, "PAUSES", (0.001, 0.002))
    monkeypatch.setattr(hostile, "DRIP", 0.005)
    monkeypatch.setattr(hostile, "HALF", 3)
    monkeypatch.setattr(hostile, "TIMEOUT", 5.0)


@contextmanager
def answering(status, kind=PROBLEM, body=b"{}"):
    """Serve one answer to everybody; yield the address."""
    with serve(Response(body, status, content_type=kind)) as url:
        yield "127.0.0.1", int(url.rpartition(":")[2])


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(200, "text/html", 100), ""),
        (Answer(401, PROBLEM, 100), ""),
        (Answer(429, PROBLEM, 100), ""),
        (Answer(503, PROBLEM, 100), ""),
        (Answer(500, PROBLEM, 100), "an internal error"),
        (Answer(502, PROBLEM, 100), "an internal error"),
        (Answer(400, "text/html", 100), "a refusal as text/html"),
        (Answer(422, PROBLEM, 43_000_000), "43000000 bytes"),
    ],
)
def test_what_no_service_may_answer(answer, problem):
    assert answer.problem == problem


def test_an_answer_is_read_even_if_the_service_does_not_read_all():
    data = request("POST", "/", body=b"x" * 1_000_000)

    with answering(413) as address:
        assert exchange(address, data) in (Answer(413, PROBLEM, 2), None)
    assert exchange(("127.0.0.1", 1), data) is None


def attacked(status, make=Attack, kind="wrong_passwords"):
    """Return the complaints, and the number of requests, of a short attack."""
    complaints, heard = [], threading.Event()

    def complain(text):
        complaints.append(text)
        heard.set()

    with answering(status) as address:
        one = make(kind, address, Target("user-svc"), 7, complain)
        wait_for(lambda: one.sent > 2 or heard.is_set(), "requests", WITHIN, 0.001)
        one.leave()
    return complaints, one.sent


def test_an_internal_error_is_a_complaint_with_its_request():
    complaints, sent = attacked(500)

    assert sent >= 1
    assert complaints[0] == (
        "wrong_passwords at user-svc: POST /user/login/ HTTP/1.1 was answered 500: "
        "an internal error"
    )


def test_a_refusal_is_no_complaint():
    complaints, sent = attacked(401)

    assert (complaints, sent > 2) == ([], True)


@contextmanager
def listening(act):
    """Accept connections and pass each to a function, in the background."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        held = []

        def accept():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                held.append(client)
                with suppress(OSError):  # closed at the end of the test
                    act(client)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()
        server.shutdown(socket.SHUT_RDWR)
    for client in held:
        client.close()


def besiege(act, until):
    complaints = []
    with listening(act) as address:
        one = Siege(
            "half_connections", address, Target("user-svc"), 7, complaints.append
        )
        wait_for(lambda: until(one, complaints), "a siege", WITHIN, 0.001)
        one.leave()
    return complaints


def test_half_connections_are_held_with_one_byte_at_a_time():
    received = []

    def read(client):
        received.append(b"")
        client.settimeout(WITHIN)
        while not received[-1].endswith(b"aaaa") and (more := client.recv(100)):
            received[-1] += more

    complaints = besiege(read, lambda *_: received and received[0].endswith(b"aaaa"))

    assert received[0].startswith(b"POST /user/")
    assert complaints == []


def test_a_closed_connection_is_replaced():
    besiege(lambda client: client.close(), lambda one, _: one.sent > 2 * hostile.HALF)


def test_the_answer_to_a_half_request_is_judged():
    def fail(client):
        client.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")

    complaints = besiege(fail, lambda _, complaints: complaints)

    assert "was answered 500" in complaints[0]


def test_a_timeout_of_the_service_is_no_complaint():
    head = f"HTTP/1.1 408 Slow\r\nContent-Type: {PROBLEM}\r\nContent-Length: 0\r\n\r\n"

    complaints = besiege(
        lambda client: client.sendall(head.encode()),
        lambda one, _: one.sent > 2 * hostile.HALF,
    )

    assert complaints == []


def test_the_requests_of_each_kind_are_counted():
    with answering(401) as address:
        clients = Hostile(lambda service: address)
        clients.begin("random_kids", "order-svc", 7)
        one = clients.attacks["random_kids", "order-svc"]
        wait_for(lambda: one.sent > 1, "requests", WITHIN, 0.001)
        clients.end("random_kids", "order-svc")

    assert clients.sent["random_kids"] == one.sent > 1
    assert clients.attacks == {}


def test_half_connections_are_a_kind_of_their_own():
    with listening(lambda client: None) as address:
        clients = Hostile(lambda service: address)
        clients.begin("half_connections", "user-svc", 7)
        assert isinstance(clients.attacks["half_connections", "user-svc"], Siege)
        clients.end("half_connections", "user-svc")
