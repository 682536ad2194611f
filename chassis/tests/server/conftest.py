"""A worker in the thread of the test, with a clock that stands still."""

import selectors
import socket
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from chassis.server import connections, worker
from chassis.web import gunicorn

SETTINGS = (
    "worker_class",
    "threads",
    "keepalive",
    "limit_request_line",
    "sendfile",
    "worker_connections",
)


class Server:
    """A worker on a free port; `turn` is one round of its main loop."""

    def __init__(self, wsgi, clock):
        cfg = Config()
        for name in SETTINGS:
            cfg.set(name, getattr(gunicorn, name))
        self.clock = clock
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.worker = worker.Worker(0, 0, [self.listener], None, 30, cfg, Logger(cfg))
        self.worker.wsgi = wsgi
        self.worker.tpool = ThreadPoolExecutor(cfg.threads)
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.worker.poller.register(
            self.worker.method_queue.fileno(),
            selectors.EVENT_READ,
            self.worker.method_queue.run_callbacks,
        )
        self.worker.set_accept_enabled(True)
        self.clients = []

    def turn(self):
        self.worker.wait_for_and_dispatch_events(0.002)
        self.worker.murder_pending()

    def until(self, is_true, turns=5000):
        """Run the main loop until something is true; return whether it became so."""
        for _ in range(turns):
            self.turn()
            if is_true():
                return True
        return False

    def send(self, data, client=None):
        """Send bytes on a new connection, or on this one."""
        if client is None:
            client = socket.create_connection(self.listener.getsockname())
            client.setblocking(False)
            self.clients.append(client)
            self.turn()
        client.sendall(data)
        self.turn()
        return client

    def answer(self, client, turns=5000, answers=1):
        """Return what the server has sent until it closed or so many are complete."""
        received = b""
        for _ in range(turns):
            self.turn()
            try:
                data = client.recv(1 << 20)
            except BlockingIOError:
                if complete(received, answers):
                    break
                continue
            received += data
            if not data:
                break
        return received

    def close(self):
        for client in self.clients:
            client.close()
        # Threads may still answer; what they answer comes back to the main loop.
        self.until(lambda: self.worker.nr_conns == 0, 500)
        self.worker.tpool.shutdown(wait=True)
        for one in (self.listener, *self.worker.waiting):
            one.close()
        self.worker.tmp.close()
        self.worker.poller.close()
        self.worker.method_queue.close()


def complete(received, answers):
    """Return whether so many whole answers are here."""
    if answers == 0:
        return True
    head, end, body = received.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    is_here = bool(end) and len(body) >= int(length or 0)
    return is_here and complete(body[int(length or 0) :], answers - 1)


@pytest.fixture
def clock(monkeypatch):
    """Stop the time of connections; `clock.now += 10` moves it."""
    time = SimpleNamespace(now=1000.0)
    time.monotonic = lambda: time.now
    monkeypatch.setattr(connections, "time", time)
    monkeypatch.setattr(worker, "time", time)
    return time


@pytest.fixture
def start(clock):
    """Return `start(wsgi)`: a worker that serves an app."""
    servers = []

    def start(wsgi):
        servers.append(Server(wsgi, clock))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def echo(environ, start_response):
    """Answer the body of a request."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def server(start):
    return start(echo)
