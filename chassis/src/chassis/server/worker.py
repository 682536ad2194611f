"""Gunicorn's threaded worker, with a thread only for requests that have arrived.

A thread of gunicorn's own worker waits for a slow client, so eight of them occupy all
threads. Here the main thread receives each request, and sends what a client is slow to
read.
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http import wsgi
from gunicorn.workers import gthread

from chassis import logging
from chassis.server import refusals
from chassis.server.connections import READ_MOST, Connection, SlowClient

HELD_MOST = 64 << 20  # bytes of requests and answers in the memory of one process
LINGER = 2.0
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
NO_FILES = (errno.EMFILE, errno.ENFILE)
NO_CLIENT = (errno.EAGAIN, errno.ECONNABORTED)
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
Action = Callable[[Connection], None]


class Response(wsgi.Response):  # type: ignore[misc]
    """A response that does not name the server."""

    def default_headers(self) -> list[str]:
        """Return gunicorn's headers without its name."""
        lines: list[str] = super().default_headers()
        return [line for line in lines if not line.startswith("Server:")]


wsgi.Response = Response  # gunicorn has no setting for its name


class Worker(gthread.ThreadWorker):  # type: ignore[misc]
    """A worker whose main thread reads requests and writes slow answers.

    `waiting` holds the connections that wait for their client, and what happens to each
    when its time is over. The one that has waited longest comes first.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Connection, Action] = {}
        self.held = 0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse TLS, which only a proxy in front of this worker can end."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise RuntimeError("Set up TLS at a proxy: this server does not read it.")

    # ---- in the main thread: connections ----
    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; when there are too many, end the one waiting longest."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in NO_FILES:
                self._evict()
            elif error.errno not in NO_CLIENT:
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        self._wait(conn, self._receive, self._late)
        if self.nr_conns >= self.worker_connections:
            self._evict()

    def finish_request(self, conn: Connection, future: "Future[Any]") -> None:
        """Send what a thread has answered, then go on with the connection."""
        failed = future.cancelled() or future.exception() is not None
        conn.keeps = not failed and bool(future.result())
        conn.sock.hurry()
        self._hold(conn, len(conn.sock.unsent))
        self._act(conn, self._finish)

    def murder_pending(self) -> None:
        """End what has waited too long; gunicorn calls this about once a second."""
        now = time.monotonic()
        late = [conn for conn in self.waiting if conn.sock.deadline <= now]
        for conn in late:
            self._act(conn, self.waiting[conn])

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for clients; while the worker stops, only until a time is over."""
        if not self.alive and self.waiting:
            first = min(conn.sock.deadline for conn in self.waiting)
            timeout = min(timeout, max(0.0, first - time.monotonic()))
        super().wait_for_and_dispatch_events(timeout)

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self.waiting:
            if not conn.incoming.data:
                conn.sock.deadline = min(conn.sock.deadline, deadline)

    # ---- in the main thread: one connection ----
    def _receive(self, conn: Connection) -> None:
        """Read what has arrived of a request."""
        if not (data := conn.sock.recv(READ_MOST)):
            self._drop(conn)
            return
        if not conn.incoming.data:  # it was idle until now
            conn.sock.hurry()
            self.waiting[conn] = self.waiting.pop(conn)
        conn.incoming.feed(data)
        self._hold(conn, len(data))
        self._proceed(conn)

    def _proceed(self, conn: Connection) -> None:
        """Give a request to a thread, or refuse it, when enough of it has arrived."""
        incoming = conn.incoming
        if incoming.refusal:
            self.handle_error(None, conn.sock, conn.client, incoming.refusal)
            self._finish(conn)
        elif incoming.is_ready and conn.is_open:
            self._stop_waiting(conn)
            self.enqueue_req(conn)
        elif incoming.expects:
            incoming.expects = False
            conn.sock.sendall(CONTINUE)

    def _late(self, conn: Connection) -> None:
        """End a request that has not arrived in time."""
        with suppress(BlockingIOError):
            self._receive(conn)  # the rest may have come since the last turn
        if conn not in self.waiting or conn.sock.deadline > time.monotonic():
            return
        if conn.incoming.data:
            self.handle_error(None, conn.sock, conn.client, SlowClient())
            self._finish(conn)
        else:
            self._drop(conn)

    def _finish(self, conn: Connection) -> None:
        """Send the rest of an answer, then keep or close the connection."""
        conn.sock.setblocking(False)
        conn.sock.flush()
        if conn.sock.unsent:
            self._wait(conn, self._finish, self._drop, WRITE)
            return
        self._let_go(conn)
        if conn.keeps:
            self._keep(conn)
        else:
            self._linger(conn)

    def _keep(self, conn: Connection) -> None:
        """Wait for the next request, which may be here already."""
        conn.begin()
        is_idle = not conn.incoming.data
        patience = gthread.STOP_KEEPALIVE_LINGER if not self.alive else None
        conn.sock.hurry(patience or (self.cfg.keepalive if is_idle else None))
        self._wait(conn, self._receive, self._late)
        if not is_idle:
            self._hold(conn, len(conn.incoming.data))
            self._proceed(conn)

    def _linger(self, conn: Connection) -> None:
        """Close when the client has read the answer: a reset would destroy it."""
        conn.sock.shutdown(socket.SHUT_WR)
        conn.sock.hurry(LINGER)
        self._wait(conn, self._discard, self._drop)

    def _discard(self, conn: Connection) -> None:
        deadline = conn.sock.deadline
        if not conn.sock.recv(READ_MOST):
            self._drop(conn)
        conn.sock.deadline = deadline

    # ---- in the main thread: bookkeeping ----
    def _wait(
        self, conn: Connection, action: Action, ending: Action, events: int = READ
    ) -> None:
        """Call `action` when the client acts, `ending` when its time is over."""
        self._stop_waiting(conn)
        callback = partial(self._on_event, conn, action)
        self.poller.register(conn.sock, events, callback)
        self.waiting[conn] = ending

    def _stop_waiting(self, conn: Connection) -> None:
        if conn in self.waiting:
            del self.waiting[conn]
            self.poller.unregister(conn.sock)

    def _on_event(self, conn: Connection, action: Action, _client: Any) -> None:
        if conn in self.waiting:  # an earlier event of this round may have ended it
            self._act(conn, action)

    def _act(self, conn: Connection, action: Action) -> None:
        """Do the next step of a connection; an error ends this connection alone."""
        try:
            action(conn)
        except BlockingIOError:
            pass
        except OSError:
            self._drop(conn)
        except Exception as error:
            logging.get().error("connection failed", exc_info=error)
            self._drop(conn)

    def _drop(self, conn: Connection) -> None:
        if not conn.is_open:
            return
        self._stop_waiting(conn)
        self._let_go(conn)
        conn.is_open = False
        self.nr_conns -= 1
        conn.close()

    def _hold(self, conn: Connection, size: int) -> None:
        """Count the memory of a connection; end others when there is too much."""
        conn.held += size
        self.held += size
        while self.held > HELD_MOST and self._evict():
            pass

    def _let_go(self, conn: Connection) -> None:
        self.held -= conn.held
        conn.held = 0

    def _evict(self) -> bool:
        """End the connection that waits longest; return False when none waits."""
        conn = next(iter(self.waiting), None)
        if conn is not None:
            self._drop(conn)
        return conn is not None

    # ---- in a thread, or for a refusal in the main thread ----
    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Call the app; close afterwards when the rest of the body may never come."""
        conn.sock.hurry()
        if conn.incoming.is_whole:
            req._expected_100_continue = False  # it was answered, or is not needed
        else:
            req.force_close()
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer an error of the server or of the client with a problem document."""
        with suppress(OSError):
            client.sendall(refusals.refuse(req, addr, exc))
