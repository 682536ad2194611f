"""Orders: placed, listed, shown and changed."""

from typing import Any


def test_an_order_holds_its_stock_and_asks_for_a_payment(shop: Any) -> None:
    answer = shop.order(lines=[(2, 1), (1, 2)])

    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/orders/{answer.json['id']}/")
    order = answer.json
    assert (order["status"], order["status_display"]) == ("pending", "Pending")
    assert order["total_price"] == "1497.00"
    lines = [(i["product_id"], i["quantity"], i["price"]) for i in order["items"]]
    assert lines == [(1, 2, "499.00"), (2, 1, "499.00")]
    assert order["payment"] == {
        "status": "PENDING",
        "short_url": None,
        "expires_at": None,
    }
    kind, data = shop.said(order["id"])[0]
    assert kind == "payment.requested"
    assert data["amount"] == "1497.00"
    assert data["customer"]["email"] == "user17@shop.example"
