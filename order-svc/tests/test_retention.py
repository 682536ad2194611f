"""No table grows for ever: each is kept for a reason, or has a retention."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from chassis import retention
from devtools.testkit.retention import (
    EVERYWHERE,
    MESSAGES,
    Pruned,
    left,
    missing,
)
from order_svc.extensions import db
from order_svc.models import Order, StockCommand, StockCommandKind, StockCommandState

KEPT = {
    "orders": "what was bought",
    "order_items": "what was bought",
    "order_history": "how it came so; the audit walks it",
    "order_refunds": "what was given back",
    "order_disputes": "what customers' banks disputed",
}


def a_release(moment: datetime) -> StockCommand:
    order = Order(user_id=1, customer_name="Asha", customer_email="a@shop.example")
    db.session.add(order)
    db.session.flush()
    return StockCommand(
        order_id=order.id,
        kind=StockCommandKind.RELEASE,
        state=StockCommandState.DONE,
        next_check_at=moment,
        created_at=moment,
        updated_at=moment,
    )


PRUNED = {
    **EVERYWHERE,
    **MESSAGES,
    "stock_commands": Pruned("prune", "owed_days", a_release),
}


def test_every_table_is_kept_for_a_reason_or_has_a_retention() -> None:
    assert missing(db, KEPT, PRUNED) == set()


@pytest.mark.parametrize("table", PRUNED)
def test_an_old_row_goes_and_a_young_one_stays(app: Flask, table: str) -> None:
    assert left(app, PRUNED[table]) == ["young"]


def test_an_order_is_kept_with_all_that_belongs_to_it(
    shop: Any, pass_seconds: Any
) -> None:
    order = shop.confirmed()
    shop.refund(order, items=[{"product_id": 1, "quantity": 1}])
    shop.refunded(order)
    before = [shop.history(order), shop.refunds(order), shop.get(order)["items"]]
    pass_seconds(4000 * 86400)

    shop.work()
    with shop.app.app_context():
        retention.prune()

    now = [shop.history(order), shop.refunds(order), shop.get(order)["items"]]
    assert all(before)
    assert now == before
