"""A load of customers who read, order and cancel until the block ends."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from chassis import clock
from devtools.demo.client import Client, DemoFailed

CUSTOMERS = 4
ACCEPTED = (201, 202)  # 202: product-svc has not answered yet
PAUSE = 1.0  # seconds between a customer's requests
# A cluster that starts twenty pods on two cores can stand still for a minute. A slow
# answer is no failure.
PATIENCE = 180.0
# Seconds after which an idle connection is not used again. A server closes one after
# `keepalive` seconds, and a request that is sent at that moment gets no answer.
IDLE = 30.0


@dataclass
class Load:
    """`with Load(clients, product_id) as load: …`; then `done` and `failures`."""

    clients: list[Client]
    product_id: int
    done: int = 0
    failures: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self):
        """Start the customers, each in a thread with its own connection."""
        for client in self.clients:
            client.timeout = PATIENCE
            client.http.mount("http://", Connections())
        self.threads = [
            threading.Thread(target=self._shop, args=(client,))
            for client in self.clients
        ]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        """Stop the customers after their current request."""
        self.end.set()
        for thread in self.threads:
            thread.join()

    def _shop(self, client):
        order = None
        while not self.end.is_set():
            order = self._continue(client, order)
            self._try(lambda: client.available(self.product_id))
            self._try(lambda: client.call("GET", "user-svc", "/user/me/"))
            self._try(lambda: client.call("GET", "payment-svc", "/payments/"))

    def _continue(self, client, order):
        """Place and cancel an order; then poll the order until it is not pending."""
        if order is None:
            return self._order_and_cancel(client)
        path = f"/orders/{order['id']}/"
        seen = self._try(lambda: client.call("GET", "order-svc", path)) or order
        return order if seen["status"] == "pending" else None

    def _order_and_cancel(self, client):
        name = f"load-{uuid.uuid4().hex}"
        order = self._try(lambda: client.place({self.product_id: 1}, name, ACCEPTED))
        if order:
            path = f"/orders/{order['id']}/cancel/"
            self._try(lambda: client.call("POST", "order-svc", path, 202))
        return order

    def _try(self, request):
        """Make one request; return its response, or None if it failed."""
        self.end.wait(PAUSE)
        try:
            answer = request()
        except (DemoFailed, requests.RequestException) as error:
            self.failures.append(f"{clock.now().time()}: {_described(error)}")
            return None
        self.done += 1
        return answer


class Connections(HTTPAdapter):
    """Keeps connections, but not for as long as the servers do."""

    def __init__(self):
        super().__init__()
        self.used = {}

    def send(self, request, **more):
        """Send on a new connection after a long pause, else on the one before."""
        server = urlsplit(request.url).netloc
        if time.monotonic() - self.used.get(server, 0) > IDLE:
            self.poolmanager.clear()
        answer = super().send(request, **more)
        self.used[server] = time.monotonic()
        return answer


def _described(error):
    """Return an error's text with the request that it ended."""
    request = getattr(error, "request", None)
    named = f"{request.method} {request.url}: " if request is not None else ""
    return f"{named}{error}"
