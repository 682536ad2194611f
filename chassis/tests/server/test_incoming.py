"""Where a request ends, told from its bytes as they arrive."""

import pytest

from chassis.server.incoming import BODY_MOST, HEAD_MOST, Incoming

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def post(length):
    return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % length


def fed(*pieces):
    incoming = Incoming()
    for piece in pieces:
        incoming.feed(piece)
    return incoming


def test_a_request_without_a_body_is_whole_at_the_end_of_its_head():
    assert not fed(GET[:-1]).is_ready
    assert fed(GET[:-1], GET[-1:]).is_whole


def test_a_body_is_whole_when_its_length_is_here():
    assert not fed(post(4), b"abc").is_ready
    assert fed(post(4), b"abc", b"d").is_whole


def test_a_thread_takes_a_long_body_before_all_of_it_is_here():
    long = fed(post(BODY_MOST + 1))

    assert (long.is_ready, long.is_whole) == (True, False)


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"0\r\nA: b\r\n\r\n"])
def test_a_chunked_body_is_whole_after_its_last_chunk_and_trailers(end):
    assert not fed(CHUNKED, b"3\r\nabc\r\n", end[:-2]).is_whole
    assert fed(CHUNKED, b"3\r\nabc\r\n", end).is_whole


@pytest.mark.parametrize("wrong", [b"xyz\r\n", b"-1\r\n", b"3 3\r\n"])
def test_what_can_be_no_chunk_is_refused(wrong):
    assert fed(CHUNKED, wrong).refusal is not None


def test_a_head_without_end_is_refused():
    assert fed(b"a" * HEAD_MOST).refusal is None
    assert fed(b"a" * HEAD_MOST, b"a").refusal is not None


def test_the_expectation_of_the_head_alone_counts():
    expects = b"Expect: 100-continue\r\n"

    assert fed(post(100)[:-2] + expects + b"\r\n").expects
    assert not fed(post(100) + b"\r\n" + expects + b"\r\n").expects


def test_the_bytes_are_taken_once():
    incoming = fed(GET)

    assert (incoming.take(), incoming.take()) == (GET, b"")
