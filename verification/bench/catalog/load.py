"""The load: kept connections that each send a request when the last is answered."""

import contextlib
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from devtools.layout import HOST
from verification.bench.figures import percentile

CONNECTIONS = 16
PATIENCE = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Heads = Callable[[], bytes]


@dataclass
class Load:
    """What a load measured; latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def p(self, percent: int) -> float:
        """Return a percentile of the latencies in milliseconds."""
        return percentile(self.latencies, percent) * 1000


def head(path: str, **headers: str) -> bytes:
    """Return the bytes of a GET request."""
    lines = [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join(
        [f"GET {path} HTTP/1.1", f"Host: {HOST}", *lines, "", ""]
    ).encode()


@dataclass
class Connection:
    """One kept connection and its open request."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""

    def send(self, request: bytes) -> None:
        """Send a request."""
        self.received, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> str:
        """Read what has come; return the status when the answer is complete."""
        data = self.socket.recv(1 << 16)
        if not data:
            raise RuntimeError("the server closed a connection")
        self.received += data
        begin, found, body = self.received.partition(b"\r\n\r\n")
        length = _LENGTH.search(begin)
        is_complete = found and len(body) >= (int(length[1]) if length else 0)
        return begin[9:12].decode() if is_complete else ""


@contextlib.contextmanager
def _opened(port: int, number: int) -> Iterator[list[Connection]]:
    with contextlib.ExitStack() as stack:
        found = [
            Connection(stack.enter_context(socket.create_connection((HOST, port))))
            for _ in range(number)
        ]
        yield found


def run(port: int, heads: Heads, seconds: float, number: int = CONNECTIONS) -> Load:
    """Send requests for so many seconds; each connection sends one at least."""
    load = Load()
    with _opened(port, number) as connections, selectors.DefaultSelector() as ready:
        started = time.perf_counter()
        for one in connections:
            ready.register(one.socket, selectors.EVENT_READ, one)
            one.send(heads())
        waiting = number
        while waiting:
            waiting -= _turn(ready, load, heads, started + seconds)
        load.seconds = time.perf_counter() - started
    return load


def _turn(ready: selectors.BaseSelector, load: Load, heads: Heads, until: float) -> int:
    """Take what is answered; return how many connections have ended."""
    ended = 0
    found = ready.select(PATIENCE)
    if not found:
        raise RuntimeError(f"no answer within {PATIENCE:.0f} s")
    for key, _ in found:
        one: Connection = key.data
        status = one.receive()
        if not status:
            continue
        now = time.perf_counter()
        load.latencies.append(now - one.sent_at)
        load.statuses[status] += 1
        if now < until:
            one.send(heads())
        else:
            ready.unregister(one.socket)
            ended += 1
    return ended
