"""A fake of Razorpay's lists: many payments, each call answered after a delay."""

import json
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

DAYS = 6  # over which the payments are spread
PAISE, FEE, TAX = 49900, 1178, 180


@dataclass(frozen=True)
class Listed:
    """Captured payments by their moments of creation, oldest first."""

    moments: tuple[int, ...]

    @classmethod
    def spread(cls, count: int, since: datetime, until: datetime) -> "Listed":
        """Return payments that were created at equal intervals."""
        first, length = int(since.timestamp()), int((until - since).total_seconds())
        return cls(tuple(first + n * length // count for n in range(count)))

    def page(self, start: int, end: int, count: int, skip: int) -> list[dict[str, Any]]:
        """Return a page of what was created from `start` to `end`, newest first."""
        low, high = bisect_left(self.moments, start), bisect_right(self.moments, end)
        top = high - skip
        return [self.entity(n) for n in range(top - 1, max(low, top - count) - 1, -1)]

    def entity(self, number: int) -> dict[str, Any]:
        """Return a payment as Razorpay does."""
        return {
            "id": payment_id(number),
            "entity": "payment",
            "amount": PAISE,
            "currency": "INR",
            "status": "captured",
            "captured": True,
            "amount_refunded": 0,
            "fee": FEE,
            "tax": TAX,
            "order_id": f"order_{number:014}",
            "created_at": self.moments[number],
        }


def payment_id(number: int) -> str:
    """Return the id of a payment."""
    return f"pay_{number:014}"


@contextmanager
def served(listed: Listed, delay: float) -> Iterator[str]:
    """Serve the lists on a free port; return the origin."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(delay)
            body = json.dumps(_answer(listed, self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _answer(listed: Listed, path: str) -> dict[str, Any]:
    address = urlsplit(path)
    given = {name: int(values[0]) for name, values in parse_qs(address.query).items()}
    items = []
    if address.path.rstrip("/").endswith("/payments"):
        items = listed.page(given["from"], given["to"], given["count"], given["skip"])
    return {"entity": "collection", "count": len(items), "items": items}
