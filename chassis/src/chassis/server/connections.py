"""A client's connection: reads and writes that never hold a thread for long."""

import errno
import socket
import time
from typing import Any

from gunicorn.workers.gthread import TConn

from chassis.server.incoming import Incoming

PATIENCE = 10.0  # seconds for a head, a body or an answer, and in addition
PACE = 1024  # one second for so many bytes
READ_MOST = 64 << 10
UNSENT_MOST = 8 << 20


class SlowClient(Exception):
    """The client did not send its request in time."""


class ClientSocket(socket.socket):
    """A socket whose writes return at once: `unsent` is what the client did not take.

    A thread's read waits until `deadline`, which each byte moves.
    """

    def __init__(self, client: socket.socket) -> None:
        kind = (client.family, client.type, client.proto)
        super().__init__(*kind, fileno=client.detach())
        self.unsent = bytearray()
        self.hurry()

    def hurry(self, seconds: float | None = None) -> None:
        """Let the time begin in which the client has to act."""
        self.deadline = time.monotonic() + (seconds or PATIENCE)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive; raise SlowClient when a thread has waited too long."""
        if self.gettimeout() != 0:
            self.settimeout(max(0.001, self.deadline - time.monotonic()))
        try:
            data = super().recv(size, flags)
        except TimeoutError:
            raise SlowClient from None
        self.passed(len(data))
        return data

    def passed(self, size: int) -> None:
        """Give the client more time for so many bytes."""
        self.deadline += size / PACE

    def sendall(self, data: Any, _flags: int = 0) -> None:
        """Send what the client takes now, and keep the rest."""
        if len(self.unsent) > UNSENT_MOST:
            raise ConnectionResetError(errno.ECONNRESET, "the client does not read")
        self.unsent += data
        self.flush()

    def flush(self) -> None:
        """Send as much of `unsent` as the client takes."""
        timeout = self.gettimeout()
        self.settimeout(0)
        try:
            sent = self.send(self.unsent) if self.unsent else 0
        except BlockingIOError:
            sent = 0
        finally:
            self.settimeout(timeout)
        del self.unsent[:sent]
        self.passed(sent)


class Connection(TConn):  # type: ignore[misc]
    """A connection with the request that is arriving on it."""

    def __init__(self, cfg: Any, client: socket.socket, *addresses: Any) -> None:
        super().__init__(cfg, ClientSocket(client), *addresses)
        self.data_ready = True  # a thread never waits for the first bytes
        self.held = 0  # bytes that count as the worker's memory
        self.is_open = True
        self.keeps = False  # whether another request may follow
        self.incoming = Incoming()

    def init(self) -> None:
        """Give the parser the bytes that have arrived."""
        super().init()
        self.parser.unreader.unread(self.incoming.take())

    def begin(self) -> None:
        """Begin the next request with what was read beyond the last one."""
        self.incoming, self.keeps = Incoming(), False
        if beyond := self.parser.unreader.take_buffered():
            self.incoming.feed(beyond)
