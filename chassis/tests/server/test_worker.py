"""The worker's main thread: slow clients hold no thread."""

import pytest

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


def post(body, *fields):
    lines = [b"POST /a HTTP/1.1", b"Host: a", *fields, b"Content-Length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])


def test_a_request_is_answered_and_the_connection_kept(server):
    client = server.send(post(b"one"))
    assert server.answer(client).endswith(b"\r\n\r\none")

    server.send(post(b"two"), client)
    assert server.answer(client).endswith(b"\r\n\r\ntwo")
