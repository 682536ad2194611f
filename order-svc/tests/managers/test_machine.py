"""The machine of orders on the chassis' state machine."""

from typing import Any

import pytest

from chassis.errors import Unavailable
from order_svc.managers import OrderMachine


def test_an_order_that_keeps_changing_is_unavailable(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.placed()
    attempts: list[int] = []

    def overtaken(_: OrderMachine, row: Any, *_more: Any) -> bool:
        attempts.append(row.id)
        assert len(attempts) < 100
        return False

    with monkeypatch.context() as patch:
        patch.setattr(OrderMachine, "_move", overtaken)
        answer = shop.cancel(order)
        with pytest.raises(Unavailable):
            shop.pay(order)

    assert (answer.status_code, len(attempts)) == (503, 20)
    assert shop.pay(order) == "handled"
