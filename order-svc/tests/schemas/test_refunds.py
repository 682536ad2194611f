"""A wrong field of a refund is named, and nothing is refunded."""

from typing import Any

LINE = {"product_id": 1, "quantity": 1}


REFUNDS: dict[str, tuple[Any, str]] = {
    "no reason": ({"reason": ...}, "reason"),
    "reason empty": ({"reason": " "}, "reason"),
    "amount a number": ({"amount": 1}, "amount"),
    "amount 0": ({"amount": "0.00"}, "amount"),
    "amount negative": ({"amount": "-1.00"}, "amount"),
    "amount of three places": ({"amount": "1.001"}, "amount"),
    "amount 1e5": ({"amount": "1e5"}, "amount"),
    "amount NaN": ({"amount": "NaN"}, "amount"),
    "amount huge": ({"amount": "1" * 14}, "amount"),
    "items null": ({"items": None}, "items"),
    "quantity 0": ({"items": [{**LINE, "quantity": 0}]}, "items.0.quantity"),
    "a payment": ({"payment_id": 1}, "payment_id"),
}


def changed(good: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return the valid body with a change; `...` leaves a field out."""
    return {k: v for k, v in {**good, **change}.items() if v is not ...}


def check(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.text[:300]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert "Traceback" not in answer.text


def test_a_wrong_field_of_a_refund_is_named(shop: Any, subtests: Any) -> None:
    order = shop.confirmed()
    path = f"/orders/{order}/refund/"

    for name, (change, field) in REFUNDS.items():
        body = changed({"reason": "x"}, change)

        answer = shop.call("POST", path, shop.staff, json=body)

        with subtests.test(name):
            check(answer, 422)
            assert list(answer.json["errors"]) == [field]
    assert shop.refunds(order) == []
