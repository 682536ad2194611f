"""Customers who look, order, read and cancel until they are told to stop."""

import threading
import uuid
from dataclasses import dataclass, field

import requests

from devtools.demo.client import Client, DemoFailed

CUSTOMERS = 4
TAKEN = (201, 202)  # 202: the order waits for product-svc's answer
PAUSE = 0.25  # seconds between a customer's requests


@dataclass
class Load:
    """`with Load(clients, product_id) as load: …`; then `done` and `failures`."""

    clients: list[Client]
    product_id: int
    done: int = 0
    failures: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self):
        """Begin; every customer is a thread with a connection of their own."""
        self.threads = [
            threading.Thread(target=self._shop, args=(client,))
            for client in self.clients
        ]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        """Let everybody finish what they are at."""
        self.end.set()
        for thread in self.threads:
            thread.join()

    def _shop(self, client):
        order = None
        while not self.end.is_set():
            order = self._go_on(client, order)
            self._try(lambda: client.available(self.product_id))
            self._try(lambda: client.call("GET", "user-svc", "/user/me/"))
            self._try(lambda: client.call("GET", "payment-svc", "/payments/"))

    def _go_on(self, client, order):
        """Order and cancel it; after that look until it is over."""
        if order is None:
            return self._order_and_cancel(client)
        path = f"/orders/{order['id']}/"
        seen = self._try(lambda: client.call("GET", "order-svc", path)) or order
        return order if seen["status"] == "pending" else None

    def _order_and_cancel(self, client):
        name = f"load-{uuid.uuid4().hex}"
        order = self._try(lambda: client.place({self.product_id: 1}, name, TAKEN))
        if order:
            path = f"/orders/{order['id']}/cancel/"
            self._try(lambda: client.call("POST", "order-svc", path, 202))
        return order

    def _try(self, request):
        """Make a request, once; return its answer, None when it failed."""
        self.end.wait(PAUSE)
        try:
            answer = request()
        except (DemoFailed, requests.RequestException) as wrong:
            self.failures.append(str(wrong))
            return None
        self.done += 1
        return answer
