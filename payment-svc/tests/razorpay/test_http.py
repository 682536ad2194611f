"""Answers as no documentation has them: none of them is ever taken for a "no"."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chassis.outcomes import Refused, Unknown
from payment_svc.razorpay import http
from payment_svc.razorpay_service import RazorpayService

LINK = "plink_Sb1Pq4XyNd83Fe"
GOOD = (
    b'{"id":"plink_Sb1Pq4XyNd83Fe","short_url":"https://rzp.io/rzp/x","amount":100,'
    b'"status":"created","currency":"INR","reference_id":"r","expire_by":1767227400}'
)


@contextmanager
def answering(script):
    """Serve one raw answer to every request; yield the address and the requests."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            seen.append(self.path)
            script(self)
            self.close_connection = True

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain(status, body, **headers):
    def script(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return script


def fetch(url):
    return RazorpayService("rzp_test_x", "secret", url).fetch_link(LINK)


ERROR = b'{"error":{"code":"BAD_REQUEST_ERROR","description":"no"}}'
NO_ANSWERS = {
    "401": plain(401, ERROR),
    "403": plain(403, ERROR),
    "408": plain(408, ERROR),
    "409": plain(409, ERROR),
    "429": plain(429, ERROR, Retry_After="7"),
    "500": plain(500, ERROR),
    "502 in HTML": plain(502, b"<html>Bad Gateway</html>"),
    "504 and empty": plain(504, b""),
    "200 in HTML": plain(200, b"<html>Welcome</html>"),
    "200 and empty": plain(200, b""),
    "a list": plain(200, b"[]"),
    "a number": plain(200, b"1"),
    "400 in HTML": plain(400, b"<html></html>"),
    "404 of a gateway": plain(404, b'{"message":"no Route matched"}'),
    "error null": plain(400, b'{"error":null}'),
    "too many requests with 400": plain(
        400, b'{"error":{"description":"Too many requests"}}'
    ),
    "redirect": plain(302, b"", Location="http://127.0.0.1:9/"),
    "10 MB": plain(200, b" " * (10 << 20) + GOOD),
    "an id of another kind": plain(200, GOOD.replace(b"plink_", b"order_")),
    "amount as text": plain(200, GOOD.replace(b":100", b':"100"')),
    "amount true": plain(200, GOOD.replace(b":100", b":true")),
    "amount negative": plain(200, GOOD.replace(b":100", b":-100")),
    "huge amount": plain(200, GOOD.replace(b":100", b":" + b"9" * 18)),
    "status missing": plain(200, GOOD.replace(b'"status"', b'"other"')),
    "not UTF-8": plain(200, b'{"id":"\xff"}'),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_this_is_no_answer(name, capsys):
    with answering(NO_ANSWERS[name]) as (url, seen):
        outcome = fetch(url)

    assert isinstance(outcome, Unknown)
    assert len(seen) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", ["31536000", "9" * 400])
def test_a_retry_after_is_an_hour_at_most(value):
    with answering(plain(503, ERROR, Retry_After=value)) as (url, _):
        assert fetch(url).retry_after == 3600


def test_a_description_has_no_control_characters_and_an_end():
    words = b"no\\u0000pe" + b"x" * 100_000
    body = b'{"error":{"code":"BAD\\u0000","description":"%s"}}' % words
    with answering(plain(400, body)) as (url, _):
        refused = fetch(url)

    assert refused.description.startswith("no pexx")
    assert len(refused.description) == 1000
    assert refused.member("code") == "BAD "


def test_an_answer_about_another_link_is_no_answer():
    body = GOOD.replace(LINK.encode(), b"plink_Sb1Pq4XyNd83Zz")
    with answering(plain(200, body)) as (url, _):
        found = fetch(url)

    assert isinstance(found, Unknown)
    assert found.why == "unreadable_answer: an answer about plink_Sb1Pq4XyNd83Zz"


def test_a_retry_after_is_kept():
    with answering(NO_ANSWERS["429"]) as (url, _):
        assert fetch(url).retry_after == 7


@pytest.mark.parametrize("status", [400, 404])
def test_a_definite_no_is_a_refusal_with_its_words(status):
    with answering(plain(status, ERROR)) as (url, _):
        assert fetch(url) == Refused("no", {"code": "BAD_REQUEST_ERROR"})


def test_a_refusal_has_the_errors_members_that_are_given():
    body = (
        b'{"error":{"code":"BAD_REQUEST_ERROR","description":"no","source":"NA",'
        b'"step":null,"reason":"input_validation_failed","field":"amount",'
        b'"metadata":{}}}'
    )
    with answering(plain(400, body)) as (url, _):
        refusal = fetch(url)

    assert refusal.member("reason") == "input_validation_failed"
    assert refusal.member("field") == "amount"
    assert refusal.member("step") == refusal.member("source") == ""


def test_a_good_answer_is_read():
    with answering(plain(200, GOOD)) as (url, _):
        assert fetch(url).value.status == "created"


def test_a_server_that_never_answers_costs_the_read_timeout(monkeypatch):
    monkeypatch.setattr(http, "READ", 0.1)
    release = threading.Event()
    with answering(lambda _: release.wait(10)) as (url, seen):
        outcome = fetch(url)
        release.set()

    assert isinstance(outcome, Unknown)
    assert len(seen) == 1


def test_a_byte_a_second_is_given_up(monkeypatch):
    monkeypatch.setattr(http, "WHOLE", 0.2)
    release = threading.Event()

    def trickle(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not release.wait(0.02):
            handler.wfile.write(b" ")

    def until_closed(handler):
        try:
            trickle(handler)
        except OSError:
            release.set()

    with answering(until_closed) as (url, _):
        outcome = fetch(url)
        release.set()

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    "cut", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"]
)
def test_a_connection_that_breaks_is_no_answer(cut, capsys):
    def drop(handler):
        handler.wfile.write(cut)
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    with answering(drop) as (url, _):
        assert isinstance(fetch(url), Unknown)
    assert capsys.readouterr().out == ""


def test_a_port_where_nobody_listens_is_no_answer(capsys):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert isinstance(fetch(url), Unknown)
    assert capsys.readouterr().out == ""


def test_each_thread_has_a_client_of_its_own():
    service = RazorpayService("rzp_test_x", "secret", "http://127.0.0.1:9")
    clients = []
    threads = [
        threading.Thread(target=lambda: clients.append(service._client))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clients[0] is not clients[1]
    assert clients[0].cert_path.endswith("cacert.pem")
    assert not clients[0].retry_enabled
