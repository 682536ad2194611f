"""The bytes of a request as they arrive, and where the request ends.

The worker uses this only to decide when a thread takes the request. Gunicorn's parser
then reads the same bytes and alone decides what they mean.
"""

import re

from gunicorn.http.errors import InvalidChunkSize, LimitRequestHeaders, ParseException

HEAD_MOST = 64 << 10  # also of the trailers of a chunked body
BODY_MOST = 1 << 20  # a thread takes the request when this much of its body is here
FRAMING_MOST = 64 << 10  # of chunk sizes, plus a quarter of what the chunks hold
CHUNK_LINE_MOST = 8190
_HEAD_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")  # a bare LF never ends; it is refused
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*(?=\r\n)", re.I)
_CHUNKED = re.compile(
    rb"\r\ntransfer-encoding[ \t]*:(?:[^\r\n]*,)?[ \t]*chunked[ \t]*(?=\r\n)", re.I
)
_EXPECTS = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue[ \t]*\r\n", re.I)
_CHUNK = re.compile(rb"([0-9a-f]+)[ \t]*(?:;[^\r\n]*)?\r\n", re.I)
_CHUNK_BEGIN = re.compile(rb"[0-9a-f]*(?:[ \t]*;[^\r\n]*)?\r?", re.I)


class Incoming:
    """The bytes of one request so far.

    `is_ready`: a thread can take the request. `is_whole`: the thread will not have to
    wait for the client. `refusal`: why the request is refused without a thread.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_ready = self.is_whole = self.expects = False
        self.refusal: ParseException | None = None
        self._searched = 0
        self._body: _Length | _Chunks | None = None

    def feed(self, data: bytes) -> None:
        """Add what has arrived."""
        self.data += data
        if self._body is None:
            self._find_head()
        if self._body is not None:
            self._find_end(self._body)

    def take(self) -> bytes:
        """Return all bytes and forget them."""
        data, self.data = bytes(self.data), bytearray()
        return data

    def _find_head(self) -> None:
        end = _HEAD_END.search(self.data, max(0, self._searched - 3))
        self._searched = len(self.data)
        if end is None and len(self.data) > HEAD_MOST:
            self._refuse(LimitRequestHeaders("the head is too large"))
        elif end is not None and end[0] == b"\n":
            self.is_ready = self.is_whole = True  # the parser refuses it
        elif end is not None:
            self._body = _body(bytes(self.data[: end.end()]), end.end())
            self.expects = bool(_EXPECTS.search(self.data, 0, end.end()))

    def _find_end(self, body: "_Length | _Chunks") -> None:
        try:
            self.is_whole = body.is_whole(self.data)
        except ParseException as wrong:
            self._refuse(wrong)
        self.is_ready = self.is_ready or self.is_whole or body.is_large(self.data)

    def _refuse(self, why: ParseException) -> None:
        self.refusal, self.is_ready = why, True


def _body(head: bytes, start: int) -> "_Length | _Chunks":
    if _CHUNKED.search(head):
        return _Chunks(start)
    lengths = _LENGTH.findall(head)
    if len(lengths) != 1:  # the parser refuses two
        return _Length(start, 0)
    return _Length(start, int(lengths[0]) if len(lengths[0]) < 20 else BODY_MOST + 1)


class _Length:
    """A body with a Content-Length, or without a body."""

    def __init__(self, start: int, length: int) -> None:
        self.start, self.length = start, length

    def is_whole(self, data: bytearray) -> bool:
        return len(data) >= self.start + self.length

    def is_large(self, _data: bytearray) -> bool:
        """The app refuses it by its length, or reads the rest by itself."""
        return self.length > BODY_MOST


class _Chunks:
    """A chunked body: `next` is where the line of the next chunk begins."""

    def __init__(self, start: int) -> None:
        self.next, self.held, self.framing = start, 0, 0
        self.trailers: int | None = None

    def is_whole(self, data: bytearray) -> bool:
        while self.trailers is None and self.next < len(data):
            if not self._pass_chunk(data):
                return False
        return self.trailers is not None and self._ends(data, self.trailers)

    def is_large(self, data: bytearray) -> bool:
        return self.held - max(0, self.next - len(data)) > BODY_MOST

    def _pass_chunk(self, data: bytearray) -> bool:
        """Move to the next chunk; return False when its line is not here yet."""
        line = _CHUNK.match(data, self.next, self.next + CHUNK_LINE_MOST + 2)
        if line is None:
            _check_line(data[self.next : self.next + CHUNK_LINE_MOST + 2])
            return False
        size = int(line[1], 16)
        self.framing += len(line[0]) + 2
        if self.framing > FRAMING_MOST + self.held // 4:
            raise InvalidChunkSize(b"the chunks are too small")
        self.held, self.next = self.held + size, line.end() + size + 2
        if size == 0:
            self.trailers = line.end()
        return True

    def _ends(self, data: bytearray, start: int) -> bool:
        if data[start : start + 2] == b"\r\n":
            return True
        if len(data) - start > HEAD_MOST:
            raise LimitRequestHeaders("the trailers are too large")
        return data.find(b"\r\n\r\n", start) >= 0


def _check_line(line: bytearray) -> None:
    """Refuse a line that can become no chunk size."""
    if len(line) > CHUNK_LINE_MOST or not _CHUNK_BEGIN.fullmatch(line):
        raise InvalidChunkSize(bytes(line[:20]))
