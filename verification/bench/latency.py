"""Latencies of an order in an idle shop: to the queue, and to its payment link."""

import random
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

import order_svc.models as orders
import payment_svc.models as payments
from devtools.audit.reading import opened
from verification.bench.buyers import Buyer, expect
from verification.bench.figures import percentile
from verification.bench.shops import MeasuredShop
from verification.faults.waiting import wait_for

WARM_UP = 5
LOOK_EVERY = 0.005
# Random, so that orders arrive at every phase of the workers' polls (0.1 s apart).
PAUSE_MOST = 0.1
SAY_EVERY = 50
LINK = "the 201 to the link at the client"
# title -> the service of the outbox, and its event for each order
OUTBOXES: dict[str, tuple[str, Any, str]] = {
    "outbox to queue, order-svc": ("order-svc", orders.Outbox, "payment.requested"),
    "outbox to queue, payment-svc": (
        "payment-svc",
        payments.Outbox,
        "payment.link_ready",
    ),
}


def measure(
    shop: MeasuredShop, buyer: Buyer, number: int, say: Callable[[str], None]
) -> dict[str, list[float]]:
    """Place orders one at a time; return the latencies in seconds by title."""
    chance = random.Random(number)
    # The first order waits for keys and tokens, and may be refused until then.
    wait_for(lambda: buyer.place(has_key=True).is_ok, "the shop accepts orders")
    for _ in range(WARM_UP):
        _await_link(buyer)
    waits = []
    for count in range(1, number + 1):
        waits.append(_await_link(buyer))
        time.sleep(chance.uniform(0, PAUSE_MOST))
        if count % SAY_EVERY == 0:
            middle = percentile(waits, 50)
            say(f"{count} of {number} orders, one at a time: link after {middle:.3f} s")
    return {LINK: waits} | {
        title: _left(shop, *outbox)[-number:] for title, outbox in OUTBOXES.items()
    }


def _await_link(buyer: Buyer) -> float:
    placed = expect(buyer.place(has_key=True), "POST /orders/")
    started = time.perf_counter()
    order_id = int(placed["id"])
    what = f"order {order_id} has a link"
    wait_for(lambda: buyer.has_link(order_id), what, pause=LOOK_EVERY)
    return time.perf_counter() - started


def _left(shop: MeasuredShop, service: str, outbox: Any, event: str) -> list[float]:
    """Return how long each event waited, after all were published."""
    rows = wait_for(lambda: _all_left(shop, service, outbox, event), "all events left")
    return [(row.published_at - row.created_at).total_seconds() for row in rows]


def _all_left(shop: MeasuredShop, service: str, outbox: Any, event: str) -> list[Any]:
    times = select(outbox.created_at, outbox.published_at).order_by(outbox.id)
    with opened({service: shop.urls[service]}) as connections:
        rows = connections[service].execute(times.where(outbox.type == event)).all()
    return [] if any(row.published_at is None for row in rows) else list(rows)
