"""The timeline lists every change and message, in order."""

from typing import Any

import pytest


@pytest.mark.parametrize("end", ["cancelling", "cancelled", "rejected"])
def test_a_repeated_cancel_is_recorded_once(shop: Any, products: Any, end: str) -> None:
    if end == "rejected":
        products.answers["reserve"] = (409, {"code": "insufficient_stock", "items": []})
    order = shop.order().json.get("id", 1)
    shop.cancel(order)
    if end == "cancelled":
        shop.receive("payment.closed", order_id=order, reason="cancelled")
    assert shop.state(order) == end

    for _ in range(3):
        shop.cancel(order)

    entries = [row["name"] for row in shop.history(order) if row["kind"] == "ignored"]
    assert entries == ["cancel"]


def test_the_timeline_lists_everything_in_order_with_correlation_ids(shop: Any) -> None:
    order = shop.placed(headers={"X-Correlation-ID": "basket-17"})
    shop.receive(
        "payment.link_ready",
        order_id=order,
        short_url="https://rzp.example/l/1",
        expires_at="2030-01-01T00:00:00Z",
    )
    shop.pay(order)
    shop.pay(order)
    shop.work()

    entries = shop.call("GET", f"/orders/{order}/timeline/", shop.asha).json["data"]

    lines = [(e["service"], e["kind"], e["name"], e["from"], e["to"]) for e in entries]
    assert lines == [
        ("order-svc", "state", "place", None, "placed"),
        ("order-svc", "state", "stock.reserved", "placed", "awaiting_payment"),
        ("order-svc", "message_out", "payment.requested", None, None),
        ("payment-svc", "message_in", "payment.link_ready", None, None),
        ("payment-svc", "message_in", "payment.captured", None, None),
        ("order-svc", "state", "payment.captured", "awaiting_payment", "paid"),
        ("payment-svc", "ignored", "payment.captured", None, None),
        ("order-svc", "state", "stock.committed", "paid", "confirmed"),
        ("order-svc", "message_out", "order.settled", None, None),
    ]
    assert {e["correlation_id"] for e in entries} == {"basket-17", "from-payment-svc"}
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)
    assert "not decided yet" in entries[6]["reason"]
    assert set(entries[0]) == {
        *("at", "service", "kind", "name", "from", "to", "reason", "correlation_id")
    }
