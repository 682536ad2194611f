"""An HTTP client of the shop that polls until a condition holds."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import requests

from devtools.layout import SANDBOX
from devtools.target import Target

T = TypeVar("T")
PATIENCE = 12.0
PAUSE = 0.05


class DemoFailed(Exception):
    """A step of the demo failed; the text gives the reason."""


class Client:
    """Calls the services of one target; signed in when `token` is set.

    A call fails when no byte of its answer comes for `timeout` seconds.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.timeout = 15.0
        self.http = requests.Session()
        self.http.trust_env = False  # loopback needs no proxy
        self.token = ""

    def call(
        self, method: str, service: str, path: str, *expect: int, **more: Any
    ) -> Any:
        """Return the JSON of a call; raise DemoFailed unless its status is expected.

        The default is 200.
        """
        expected = expect or (200,)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        url = self.target.address(service) + path
        answer = self.http.request(
            method, url, headers=headers, timeout=self.timeout, **more
        )
        if answer.status_code not in expected:
            raise DemoFailed(_unexpected(answer, *expected))
        return answer.json() if answer.content else None

    def place(
        self,
        lines: dict[int, int],
        correlation_id: str,
        expect: tuple[int, ...] = (201,),
    ) -> Any:
        """Order quantities by product id."""
        items = [{"product_id": k, "quantity": v} for k, v in lines.items()]
        headers = {
            "Idempotency-Key": str(uuid.uuid4()),
            "X-Correlation-ID": correlation_id,
        }
        body = {"items": items}
        return self.call(
            "POST", "order-svc", "/orders/", *expect, json=body, headers=headers
        )

    def order(self, order_id: int) -> Any:
        """Return the current state of an order."""
        return self.call("GET", "order-svc", f"/orders/{order_id}/")

    def payment(self, order_id: int) -> Any:
        """Return an order's payment."""
        path = f"/payments/?order_id={order_id}"
        return self.call("GET", "payment-svc", path)["data"][0]

    def available(self, product_id: int) -> int:
        """Return the available quantity of a product."""
        product = self.call("GET", "product-svc", f"/products/{product_id}/")
        return int(product["available_quantity"])

    def pay(self, short_url: str) -> str:
        """Press *Pay* on the hosted page, follow to the shop; return where it ended."""
        page = self.http.get(short_url, timeout=15)
        paid = self.http.post(f"{short_url}/pay", timeout=15)
        if not (page.ok and paid.ok and paid.history):
            raise DemoFailed(_unexpected(paid, 303))
        return paid.url

    def expire(self, link_id: str) -> None:
        """Expire a link through the control API of the sandbox."""
        path = f"/control/links/{link_id}/expire/"
        self.call("POST", SANDBOX, path)

    def until_status(self, order_id: int, status: str) -> Any:
        """Wait until an order has a status; return the order."""
        return until(
            lambda: (o := self.order(order_id))["status"] == status and o,
            f"order {order_id} becomes {status}",
        )

    def until_link(self, order_id: int) -> str:
        """Wait until an order can be paid; return the link's address."""
        return str(
            until(
                lambda: (self.order(order_id)["payment"] or {}).get("short_url"),
                f"order {order_id} gets its payment link",
            )
        )

    def until_available(self, product_id: int, quantity: int) -> None:
        """Wait until this quantity of a product is available."""
        until(
            lambda: self.available(product_id) == quantity,
            f"{quantity} of product {product_id} are available",
        )


def until(poll: Callable[[], T], what: str) -> T:
    """Poll until the result is true; raise DemoFailed after a time limit."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not (found := poll()):
        if time.monotonic() > deadline:
            raise DemoFailed(f"waited {PATIENCE:.0f} s, but not: {what}")
        pause.wait(PAUSE)
    return found


def _unexpected(answer: requests.Response, *expected: int) -> str:
    asked = f"{answer.request.method} {answer.request.url}"
    wanted = " or ".join(map(str, expected))
    return f"{asked} gave {answer.status_code}, not {wanted}: {answer.text[:300]}"
