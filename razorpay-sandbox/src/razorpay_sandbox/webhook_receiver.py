"""An HTTP server for tests that records the webhooks it receives."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One received webhook request."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        """Return the event's name."""
        return str(json.loads(self.body)["event"])

    @property
    def id(self) -> str:
        """Return the event's id, which is the same for every attempt."""
        return self.headers["X-Razorpay-Event-Id"]


@dataclass
class Receiver:
    """Records every delivery and answers with `status`."""

    url: str = ""
    status: int = 200
    deliveries: list[Delivery] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def wait(self, enough: Callable[[list[Delivery]], bool]) -> list[Delivery]:
        """Wait until `enough(deliveries)` is true; return the deliveries."""
        with self.changed:
            held = self.changed.wait_for(lambda: enough(self.deliveries), timeout=20)
            if not held:
                raise TimeoutError([one.event for one in self.deliveries])
            return list(self.deliveries)

    def wait_for(self, *events: str) -> list[Delivery]:
        """Wait until all these events were received; return the deliveries."""
        wanted = set(events)
        return self.wait(lambda found: wanted <= {one.event for one in found})

    def record(self, delivery: Delivery) -> int:
        """Record a delivery; return the HTTP status to answer with."""
        with self.changed:
            self.deliveries.append(delivery)
            self.changed.notify_all()
            return self.status

    def body_of(self, event: str) -> dict[str, Any]:
        """Wait for an event; return the body of its latest delivery."""
        found = [one for one in self.wait_for(event) if one.event == event]
        return dict(json.loads(found[-1].body))


@contextmanager
def run_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port until the block ends."""
    receiver = Receiver()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, receiver))
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, receiver: Receiver, *args: Any) -> None:
        self._receiver = receiver
        super().__init__(*args)

    def do_POST(self) -> None:
        """Record the webhook."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self._receiver.record(Delivery(dict(self.headers.items()), body))
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Write nothing."""
