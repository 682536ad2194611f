"""The worker's main thread: slow and broken clients hold no thread."""

import json
import socket

import pytest

from chassis.server import connections, incoming, worker
from chassis.server.connections import PATIENCE

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def post(body, *fields, length=None):
    size = len(body) if length is None else length
    lines = [b"POST /a HTTP/1.1", b"Host: a", *fields, b"Content-Length: %d" % size]
    return b"\r\n".join([*lines, b"", body])


def refused(answer, status, code):
    """Check that an answer is a problem document of the server; return its members."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    problem = json.loads(body)
    assert fields["Content-Type"] == "application/problem+json"
    assert fields["Connection"] == "close"
    assert fields["Cache-Control"] == "no-store"
    assert "Server" not in fields
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:shop:problem:{code}"
    assert problem["correlation_id"] == fields["X-Correlation-ID"]
    return problem


def body_of(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    return body


def is_over(server, client, turns=5000):
    """Return whether the server closes a connection without another word."""

    def is_closed():
        try:
            return client.recv(1) == b""
        except BlockingIOError:
            return False

    return server.until(is_closed, turns)


def test_a_request_is_answered_and_the_connection_kept(server):
    client = server.send(post(b"one"))
    answer = server.answer(client)
    assert body_of(answer) == b"one"
    assert b"\r\nServer:" not in answer

    server.send(post(b"two"), client)
    assert body_of(server.answer(client)) == b"two"


def test_a_request_may_arrive_byte_by_byte(server):
    request = post(b"slow")
    client = server.send(request[:1])
    for place in range(1, len(request)):
        server.send(request[place : place + 1], client)

    assert body_of(server.answer(client)) == b"slow"


def test_requests_that_are_sent_ahead_are_answered_in_order(server):
    client = server.send(post(b"one") + post(b"two") + post(b"three")[:-2])
    answers = server.answer(client, answers=2)
    assert [b"one" in answers, b"two" in answers, b"thr" in answers] == [1, 1, 0]

    server.send(b"ee", client)
    assert body_of(server.answer(client)) == b"three"


@pytest.mark.parametrize("pieces", [1, 2, 3, 7, 1000])
def test_a_chunked_body_ends_where_its_chunks_end(server, pieces):
    wire = CHUNKED + b"3\r\none\r\nA;x=y\r\n, and two.\r\n0\r\nT: 1\r\n\r\n"
    client = server.send(wire[:9])
    for place in range(9, len(wire), pieces):
        server.send(wire[place : place + pieces], client)

    assert body_of(server.answer(client)) == b"one, and two."


@pytest.mark.parametrize("begun", [GET[:-2], b"G", post(b"half", length=9), CHUNKED])
def test_a_client_that_stops_in_the_middle_is_told_and_ended(server, clock, begun):
    client = server.send(begun)
    clock.now += PATIENCE - 1
    server.turn()
    with pytest.raises(BlockingIOError):
        client.recv(1)

    clock.now += 2
    refused(server.answer(client), 408, "request_timeout")
    client.close()
    assert server.until(lambda: server.worker.nr_conns == 0)


def test_a_client_that_drips_a_head_has_no_more_time(server, clock):
    client = server.send(GET[:1])
    for place in range(1, 12):
        clock.now += 1
        server.send(GET[place : place + 1], client)

    refused(server.answer(client), 408, "request_timeout")


def test_a_large_body_has_time_as_long_as_it_keeps_the_pace(server, clock):
    body = b"x" * (40 << 10)
    client = server.send(post(b"", length=len(body)))
    for place in range(0, len(body), 4 << 10):
        clock.now += 4
        server.send(body[place : place + (4 << 10)], client)

    assert body_of(server.answer(client)) == body


def test_a_connection_without_a_request_is_closed_silently(server, clock):
    client = server.send(b"")
    clock.now += PATIENCE + 1

    assert is_over(server, client)
    assert server.worker.nr_conns == 0


def test_an_idle_connection_is_kept_for_the_keepalive_time(server, clock):
    client = server.send(GET)
    server.answer(client)
    clock.now += server.worker.cfg.keepalive - 1
    assert not is_over(server, client, 3)

    server.send(GET[:5], client)  # a new request begins with its own time
    clock.now += PATIENCE - 1
    server.send(GET[5:], client)
    assert server.answer(client)

    clock.now += server.worker.cfg.keepalive + 1
    assert is_over(server, client)


def test_a_request_that_comes_when_its_connection_ends_is_answered(server, clock):
    client = server.send(GET)
    server.answer(client)
    clock.now += server.worker.cfg.keepalive + 1
    client.sendall(post(b"just in time"))

    server.worker.murder_pending()

    assert body_of(server.answer(client)) == b"just in time"


def test_a_request_whose_rest_has_come_when_its_time_ends_is_answered(server, clock):
    """The process may have stood still since it read the first part."""
    request = post(b"just in time")
    client = server.send(request[:-4])
    server.until(lambda: any(conn.incoming.data for conn in server.worker.waiting))
    client.sendall(request[-4:])
    clock.now += 60

    server.worker.murder_pending()

    assert body_of(server.answer(client)) == b"just in time"


def test_half_requests_hold_no_thread(start):
    calls = []

    def app(environ, start_response):
        calls.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    server = start(app)
    for begun in [GET[:-2]] * 40 + [post(b"", length=5)] * 20 + [CHUNKED] * 20:
        server.send(begun)

    assert body_of(server.answer(server.send(GET))) == b"ok"
    assert calls == ["/a"]
    assert server.worker.nr_conns == 81


@pytest.mark.parametrize(
    "chunks", [b"xyz", b"xyz\r\n", b"-1\r\n", b"1\r\nabc\r\n0\r\n\r\n"]
)
def test_broken_chunks_are_refused(server, chunks):
    client = server.send(CHUNKED + chunks)

    refused(server.answer(client), 400, "bad_request")


def test_a_body_in_chunks_of_one_byte_is_refused_early(server):
    limit = incoming.FRAMING_MOST // 5
    client = server.send(CHUNKED + b"1\r\nx\r\n" * (limit // 2))
    assert server.worker.nr_conns == 1
    server.send(b"1\r\nx\r\n" * limit, client)

    refused(server.answer(client), 400, "bad_request")


def test_endless_trailers_are_refused(server):
    client = server.send(CHUNKED + b"0\r\n")
    server.send(b"T: 1\r\n" * 12_000, client)

    refused(server.answer(client), 431, "too_large")


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"GET / HTTP/1.1\nHost: a\n\n", 400, "bad_request"),
        (b"\r\n\r\n", 400, "bad_request"),
        (b"get / HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400, "bad_request"),
        (CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n0\r\n\r\n", 400, "bad_request"),
        (post(b"a", b"Content-Length: 2"), 400, "bad_request"),
        (post(b"", b"Transfer-Encoding: xchunked"), 501, "not_implemented"),
        (post(b"", b"Expect: tea"), 417, "expectation_failed"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 9000 + b"\r\n\r\n", 431, "too_large"),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431, "too_large"),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 12_000, 431, "too_large"),
        (b"GET /" + b"a" * 70_000, 431, "too_large"),
    ],
)
def test_what_is_not_a_request_is_refused_with_a_problem(server, head, status, code):
    refused(server.answer(server.send(head)), status, code)


def test_a_refusal_has_the_callers_correlation_id_where_it_was_read(server):
    field = b"X-Correlation-ID: of-the-caller\r\n"
    first = server.send(b"GET / HTTP/1.1\r\n" + field + b"Expect: tea\r\n\r\n")
    broken = server.send(post(b"", b"X-Correlation-ID: mine", b"Content-Length: 1"))

    unread = refused(server.answer(first), 417, "expectation_failed")
    read = refused(server.answer(broken), 400, "bad_request")

    assert unread["correlation_id"] != read["correlation_id"]
    assert "instance" not in unread


def test_an_error_of_the_app_is_a_problem_without_its_text(start):
    def app(environ, start_response):
        raise RuntimeError("a secret of the house")

    server = start(app)
    client = server.send(
        GET.replace(b"\r\n\r\n", b"\r\nX-Correlation-ID: mine\r\n\r\n")
    )
    answer = server.answer(client)

    problem = refused(answer, 500, "internal_error")
    assert problem["instance"] == "/a"
    assert problem["correlation_id"] == "mine"
    assert b"secret" not in answer


def test_a_large_body_that_nobody_reads_holds_no_thread(start):
    def app(environ, start_response):
        start_response("413 Too Large", [("Content-Length", "0")])
        return []

    server = start(app)
    client = server.send(post(b"x", length=incoming.BODY_MOST + 1))

    assert b"\r\nConnection: close\r\n" in server.answer(client)
    assert is_over(server, client)


def test_a_thread_that_reads_a_large_body_waits_no_longer_than_the_pace(
    start, monkeypatch
):
    seen = []

    def app(environ, start_response):
        try:
            environ["wsgi.input"].read()
        except connections.SlowClient as error:
            seen.append(error)
            raise

    monkeypatch.setattr(connections, "PATIENCE", 0.01)
    server = start(app)
    client = server.send(post(b"x", length=incoming.BODY_MOST + 1))

    refused(server.answer(client), 408, "request_timeout")
    assert len(seen) == 1


def test_a_client_that_is_asked_to_continue_sends_its_body(server):
    whole = post(b"body", b"Expect: 100-continue")
    client = server.send(whole[:-4])
    assert client.recv(100) == worker.CONTINUE

    server.send(whole[-4:], client)
    assert body_of(server.answer(client)) == b"body"


def large(size):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", str(size))])
        return [b"x" * size]

    return app


def test_a_client_that_reads_slowly_holds_no_thread_and_gets_all(start):
    size = 6 << 20
    server = start(large(size))
    slow = server.send(GET)
    assert server.until(lambda: server.worker.held > 1 << 20)

    quick = server.send(GET)
    assert len(body_of(server.answer(quick))) == size
    assert len(body_of(server.answer(slow))) == size
    server.send(GET, slow)
    assert len(body_of(server.answer(slow))) == size


def test_a_client_that_does_not_read_is_ended(start, clock):
    server = start(large(6 << 20))
    server.send(GET)
    assert server.until(lambda: server.worker.held > 1 << 20)

    clock.now += 60 * 60
    server.turn()
    assert (server.worker.nr_conns, server.worker.held) == (0, 0)


def test_when_there_are_too_many_connections_the_one_that_waits_longest_ends(server):
    server.worker.worker_connections = 5
    first = server.send(GET[:9])
    others = [server.send(GET[:9]) for _ in range(3)]
    assert not is_over(server, first, 3)

    last = server.send(GET)
    assert is_over(server, first)
    assert server.answer(last)
    for one in others:
        server.send(GET[9:], one)
        assert server.answer(one)


def test_when_memory_is_full_the_connection_that_waits_longest_ends(
    server, monkeypatch
):
    monkeypatch.setattr(worker, "HELD_MOST", 5000)
    first = server.send(post(b"x" * 3000, length=4000))
    second = server.send(post(b"x" * 3000, length=4000))

    assert is_over(server, first)
    server.send(b"x" * 1000, second)
    assert body_of(server.answer(second)) == b"x" * 4000
    assert server.worker.held == 0


def test_without_free_files_the_connection_that_waits_longest_ends(server, monkeypatch):
    first = server.send(GET[:9])

    class Full:
        def accept(self):
            raise OSError(24, "Too many open files")

    server.worker.accept(Full())
    assert is_over(server, first)
    server.worker.accept(Full())


def test_a_client_that_leaves_is_forgotten(server):
    for sent in (GET[:9], post(b"half", length=9), CHUNKED, b""):
        server.send(sent).close()
    reset = server.send(GET[:9])
    reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    reset.close()

    assert server.until(lambda: server.worker.nr_conns == 0)
    assert not server.worker.waiting


def test_a_mistake_in_the_main_thread_ends_one_connection_alone(server, monkeypatch):
    client = server.send(GET[:9])
    with monkeypatch.context() as patch:
        patch.setattr(incoming.Incoming, "feed", lambda *_: 1 / 0)
        server.send(GET[9:], client)
    assert is_over(server, client)

    assert server.answer(server.send(GET))


def test_a_worker_that_stops_closes_idle_connections_soon(server, clock):
    client = server.send(GET)
    server.answer(client)
    server.worker.alive = False
    server.worker._cap_keepalive(clock.now + 2)
    clock.now += 3

    assert is_over(server, client)


def test_a_worker_that_stops_answers_with_close(server):
    client = server.send(GET[:9])
    server.worker.alive = False
    server.send(GET[9:], client)

    assert b"\r\nConnection: close\r\n" in server.answer(client)


def test_tls_is_refused_at_the_start(server):
    cfg = server.worker.cfg
    cfg.set("certfile", "a.pem")

    with pytest.raises(RuntimeError, match="proxy"):
        worker.Worker.check_config(cfg, None)


@pytest.mark.parametrize(
    "coding", [b"chunked", b"Chunked ", b"gzip, chunked", b"identity,chunked"]
)
def test_a_slow_chunked_body_holds_no_thread_whatever_its_other_codings(server, coding):
    head = CHUNKED.replace(b"chunked", coding)
    client = server.send(head + b"3\r\n")
    assert client not in server.worker.waiting
    assert len(server.worker.waiting) == 1

    server.send(b"one\r\n0\r\n\r\n", client)
    assert body_of(server.answer(client)) == b"one"


@pytest.mark.parametrize("length", [incoming.BODY_MOST + 1, 10**19, 10**40])
def test_the_app_refuses_a_long_body_before_it_arrives(start, length):
    def app(environ, start_response):
        start_response("413 Too Large", [("Content-Length", "0")])
        return []

    server = start(app)
    client = server.send(post(b"", length=length))

    assert server.answer(client).startswith(b"HTTP/1.1 413 ")
    assert is_over(server, client)
