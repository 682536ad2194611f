"""Stock commands are sent until product-svc has answered."""

from typing import Any

import pytest
from dependencies import HANG_UP, LOSE


@pytest.fixture(autouse=True)
def clock(pass_seconds: Any) -> None:
    pass_seconds(0)


@pytest.mark.parametrize("answer", [HANG_UP, [LOSE, LOSE], (500, {}), (403, {})])
def test_a_release_is_sent_until_it_is_answered(
    shop: Any, products: Any, pass_seconds: Any, answer: Any
) -> None:
    order = shop.placed()
    products.answers["release"] = answer
    shop.receive("payment.closed", order_id=order, reason="expired")
    shop.work()
    assert shop.stock_commands(order) == [("release", "pending")]

    products.answers.clear()
    pass_seconds(5)
    shop.work()

    assert shop.stock_commands(order) == [("release", "done")]


def test_a_refused_command_is_not_sent_again(
    shop: Any, products: Any, caplog: Any
) -> None:
    order = shop.placed()
    products.answers["release"] = (409, {"code": "already_committed"})
    shop.receive("payment.closed", order_id=order, reason="expired")

    shop.work()

    assert shop.stock_commands(order) == [("release", "refused")]
    assert "product-svc refused a stock command" in caplog.text


def test_stock_reserved_after_a_cancel_is_released(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    """The user cancels while the reservation request is in flight."""
    products.answers["reserve"] = (503, {})
    order = shop.placed()
    shop.cancel(order)
    shop.work()
    with shop.app.app_context():
        from decimal import Decimal

        from order_svc.extensions import db
        from order_svc.steps import Context

        Context.start().saga.mark_reserved(order, {1: ("x", Decimal("1.00"))})
        db.session.commit()

    shop.work()

    assert shop.stock_commands(order) == [("release_final", "done")] * 2
    assert shop.state(order) == "cancelled"
