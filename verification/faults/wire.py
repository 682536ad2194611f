"""Raw HTTP/1.1 messages: read completely, forwarded byte for byte."""

import asyncio
import dataclasses
from dataclasses import dataclass

END = b"\r\n\r\n"
CRLF = b"\r\n"
WITHOUT_BODY = ("204", "304")
OF_A_CONNECTION = ("connection", "keep-alive", "proxy-connection")
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Message:
    """A request or an answer; a chunked body stays chunked."""

    first: str
    fields: Fields
    body: bytes = b""

    def get(self, name: str) -> str:
        """Return a header field's value, or an empty string."""
        return next((v for n, v in self.fields if n.lower() == name), "")

    def having(self, name: str, value: str) -> "Message":
        """Return the message with one header field changed."""
        kept = tuple(field for field in self.fields if field[0].lower() != name)
        return dataclasses.replace(self, fields=(*kept, (name, value)))

    def containing(self, body: bytes) -> "Message":
        """Return the message with another body, which is not chunked."""
        fields = tuple(f for f in self.fields if f[0].lower() != "transfer-encoding")
        sized = dataclasses.replace(self, fields=fields, body=body)
        return sized.having("content-length", str(len(body)))

    def head(self) -> bytes:
        """Return everything before the body; each connection carries one exchange."""
        fields = [f for f in self.fields if f[0].lower() not in OF_A_CONNECTION]
        lines = [self.first, *(f"{n}: {v}" for n, v in fields), "Connection: close"]
        return "\r\n".join(lines).encode("latin-1") + END

    def encode(self) -> bytes:
        """Return the bytes to send."""
        return self.head() + self.body


def answer(status: str, kind: str, body: bytes, **more: str) -> Message:
    """Make an answer; `status` is `429 Too Many Requests`, fields have _ for -."""
    fields = {"Content-Type": kind, "Content-Length": str(len(body)), **more}
    named = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Message(f"HTTP/1.1 {status}", named, body)


async def read_request(reader: asyncio.StreamReader) -> Message:
    """Read a request; raises EOFError when the client disconnects before its end."""
    request = await _read_head(reader)
    body = await _read_sized(reader, request)
    return dataclasses.replace(request, body=body or b"")


async def read_answer(reader: asyncio.StreamReader, request: Message) -> Message:
    """Read the answer to a request; raises EOFError when its sender dies before."""
    found = await _read_head(reader)
    while _status(found).startswith("1"):  # 100 Continue: more will come
        found = await _read_head(reader)
    if request.first.startswith("HEAD ") or _status(found) in WITHOUT_BODY:
        return found
    body = await _read_sized(reader, found)
    return dataclasses.replace(
        found, body=await reader.read() if body is None else body
    )


def _status(found: Message) -> str:
    return found.first.split(" ")[1]


async def _read_head(reader: asyncio.StreamReader) -> Message:
    raw = (await reader.readuntil(END)).decode("latin-1")
    first, *lines = raw.removesuffix("\r\n\r\n").split("\r\n")
    parts = (line.partition(":") for line in lines)
    return Message(first, tuple((name, value.strip()) for name, _, value in parts))


async def _read_sized(reader: asyncio.StreamReader, message: Message) -> bytes | None:
    """Return a body whose length is in its head; None without a length."""
    if "chunked" in message.get("transfer-encoding").lower():
        return await _read_chunks(reader)
    if length := message.get("content-length"):
        return await reader.readexactly(int(length))
    return None


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    raw, size = b"", 1
    while size:
        line = await reader.readuntil(CRLF)
        size = int(line.partition(b";")[0], 16)
        raw += line + (await reader.readexactly(size + 2) if size else b"")
    while (line := await reader.readuntil(CRLF)) != CRLF:
        raw += line
    return raw + line
