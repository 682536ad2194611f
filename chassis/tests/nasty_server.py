"""A real HTTP server that answers as badly as a dependency can."""

import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Counts its requests, keeps their headers, and can hold them back."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = Counter()
        self.headers = {}
        self.bodies = []
        self.release = threading.Event()
        self.together = threading.Barrier(2)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Log nothing about clients that disconnect."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Log nothing."""

    def _answer(self, status, body=b"{}", **headers):
        self.send_response(status)
        headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _handle(self):
        server = self.server
        server.seen[self.path] += 1
        server.headers = dict(self.headers)
        length = int(self.headers.get("Content-Length", 0))
        server.bodies.append(self.rfile.read(length))
        name = self.path.strip("/")
        if name.isdigit():
            self._answer(int(name), b'{"said": 1}')
        else:
            getattr(self, f"_{name}", self._answered)()

    def _answered(self):
        self._answer(200)

    do_GET = do_POST = do_PUT = do_DELETE = _handle

    def _empty(self):
        self._answer(204, b"")

    def _redirect(self):
        self._answer(302, Location="/200/")

    def _again(self):
        self._answer(503, Retry_After="60")

    def _limited(self):
        self._answer(429, Retry_After="7")

    def _html(self):
        self._answer(200, b"<h1>Welcome</h1>", Content_Type="text/html")

    def _busy(self):
        self._answer(503, b'{"code": "busy"}', Retry_After="1")

    def _too_large(self):
        self._answer(431, b"<h1>Too large</h1>", Content_Type="text/html")

    def _cut(self):
        self._answer(200, b'{"a": 1', Content_Length="100")
        self.close_connection = True

    def _huge(self):
        self._answer(200, b" " * (10 << 20))

    def _hangup(self):
        self.close_connection = True

    def _garbage(self):
        self.wfile.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")
        self.close_connection = True

    def _slow(self):
        self.server.release.wait(10)
        self._answer(200)

    def _together(self):
        self.server.together.wait(10)
        self._answer(200)


@contextmanager
def nasty():
    """Serve on a free port of loopback."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
