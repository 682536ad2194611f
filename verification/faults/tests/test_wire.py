import asyncio

import pytest

from verification.faults import wire

POST = b"POST /a HTTP/1.1\r\nHost: shop:1\r\n"


def read(raw, how=wire.read_request, *more):
    async def fed():
        reader = asyncio.StreamReader()
        reader.feed_data(raw)
        reader.feed_eof()
        return await how(reader, *more)

    return asyncio.run(fed())


def answered(raw, method="GET"):
    return read(raw, wire.read_answer, wire.Message(f"{method} / HTTP/1.1", ()))


def test_a_body_is_kept_byte_for_byte():
    body = bytes(range(256))
    raw = POST + b"Content-Length: 256\r\n\r\n" + body

    assert read(raw).body == body
    assert read(raw).get("host") == "shop:1"


def test_a_chunked_body_stays_chunked_with_its_trailers():
    chunks = b"5;x=y\r\nhello\r\n0\r\nSum: 1\r\n\r\n"

    request = read(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)

    assert request.body == chunks
    assert request.encode().count(b"Transfer-Encoding: chunked") == 1


def test_a_replaced_body_is_no_longer_chunked():
    request = read(POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")

    sent = request.containing(b"new").encode()

    assert b"chunked" not in sent
    assert sent.endswith(b"\r\n\r\nnew")
    assert b"content-length: 3\r\n" in sent


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_that_can_have_no_body_ends_with_its_head(status):
    found = answered(f"HTTP/1.1 {status}\r\nContent-Length: 9\r\n\r\n".encode())

    assert found.body == b""


def test_an_answer_to_head_has_no_body():
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"

    assert answered(raw, "HEAD").body == b""


def test_an_answer_of_unknown_length_ends_with_the_connection():
    assert answered(b"HTTP/1.0 200 OK\r\n\r\nall of it").body == b"all of it"


def test_the_answer_after_a_continue_counts():
    early = b"HTTP/1.1 100 Continue\r\n\r\n"
    real = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"

    assert answered(early + real).first == "HTTP/1.1 201 Created"


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
def test_an_answer_that_breaks_off_is_no_answer(raw):
    with pytest.raises(EOFError):
        answered(raw)


def test_each_message_is_the_last_of_its_connection():
    request = read(POST + b"Connection: keep-alive\r\nKeep-Alive: 5\r\n\r\n")

    assert request.head().lower().count(b"connection") == 1
    assert b"\r\nConnection: close\r\n" in request.head()
