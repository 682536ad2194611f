"""No transaction is open during a call to another service."""

from typing import Any

import pytest

from chassis.http import Answer, Client
from order_svc.extensions import db

KEY = {"Idempotency-Key": "basket-17"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Record each call, and whether a transaction was open then."""
    found: list[tuple[str, bool]] = []
    call = Client.call

    def noting(self: Client, method: str, path: str, **more: Any) -> Answer:
        found.append((f"{method} {path}", db.session().in_transaction()))
        return call(self, method, path, **more)

    monkeypatch.setattr(Client, "call", noting)
    return found


def test_no_transaction_is_open_during_a_call(
    shop: Any, products: Any, pass_seconds: Any, calls: list[tuple[str, bool]]
) -> None:
    pass_seconds(0)
    order = shop.confirmed(headers=KEY)
    shop.order(headers=KEY)
    shop.call("GET", f"/orders/{order}/?expand=user", shop.asha)
    shop.refund(order, items=[{"product_id": 1, "quantity": 1}])
    products.answers["reserve"] = [(503, {})]
    late = shop.placed(headers={"Idempotency-Key": "late"})
    pass_seconds(5)
    shop.work()
    shop.receive("payment.closed", order_id=late, reason="expired")
    shop.work()

    asked = {name.rpartition("/reservations/")[2] or name for name, _ in calls}
    assert {"GET /user/17/", "1/", "1/commit/", "1/restock/", "2/"} <= asked
    assert [name for name, is_open in calls if is_open] == []


def test_no_transaction_is_open_when_a_crashed_request_is_resumed(
    shop: Any, pass_seconds: Any, calls: list[tuple[str, bool]]
) -> None:
    def crash(_: int) -> None:
        raise KeyError("crash")

    pass_seconds(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("order_svc.steps.reserve", crash)
        assert shop.order(headers=KEY).status_code == 500
    pass_seconds(61)

    assert shop.order(headers=KEY).status_code == 201

    assert [name for name, is_open in calls if is_open] == []
