"""The worker's jobs, and what they delete."""

from typing import Any

import pytest

from order_svc.managers import Saga


def test_answered_releases_of_long_ago_are_deleted_but_restocks_are_kept(
    shop: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    released, returned = shop.placed(), shop.confirmed()
    shop.receive("payment.closed", order_id=released, reason="expired")
    shop.refund(returned, items=[{"product_id": 1, "quantity": 1}])
    shop.work()

    pass_seconds(31 * 86400)
    shop.prune()

    assert shop.stock_commands(released) == []
    assert shop.stock_commands(returned) == [("restock", "done")]


def test_a_pending_command_is_never_deleted(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    order = shop.placed()
    products.answers["release"] = (503, {})
    shop.receive("payment.closed", order_id=order, reason="expired")
    shop.work()

    pass_seconds(31 * 86400)
    shop.prune()

    assert shop.stock_commands(order) == [("release", "pending")]


def test_a_worker_with_nothing_due_changes_nothing(shop: Any) -> None:
    order = shop.placed()
    before = shop.row(order).updated_at

    shop.work()

    assert shop.row(order).updated_at == before


def test_an_order_that_fails_blocks_no_other_and_is_tried_again(
    shop: Any, pass_seconds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_seconds(0)
    sound, broken, other = shop.placed(), shop.placed(), shop.placed()
    for order in (broken, sound, other):
        shop.pay(order)
    with monkeypatch.context() as patch:
        confirm = Saga.confirm

        def fail(self: Saga, order: int) -> Any:
            return confirm(self, order) if order != broken else 1 / 0

        patch.setattr(Saga, "confirm", fail)
        shop.work()
    assert shop.state(broken) == "paid"
    assert shop.state(sound) == shop.state(other) == "confirmed"

    pass_seconds(31)
    shop.work()

    assert shop.state(broken) == "confirmed"
