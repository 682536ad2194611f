"""No table grows without limit: it is kept for a reason, or a job deletes old rows."""

import itertools
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from chassis import retention
from devtools.testkit.retention import (
    EVERYWHERE,
    Pruned,
    goes_with,
    left,
    missing,
)
from product_svc import jobs
from product_svc.extensions import db
from product_svc.models import (
    Reservation,
    ReservationHistory,
    ReservationItem,
    ReservationState,
)

DAY = 24 * 3600
KEPT = {
    "category": "the catalogue",
    "products": "the catalogue; one off sale stays, orders name it",
    "product_words": "the index of the text search; goes with its product",
    "product_texts": "the index of the text search; goes with its product",
    "word_parts": "the words of the text search, each once",
    "stock_movements": "the ledger that the stock must equal",
    "price_changes": "the ledger that the price must equal",
}
# Sales are kept with their lines and history, tombstones are forgotten with theirs.
PARENTS = {"reservation_items": "reservations", "reservation_history": "reservations"}
orders = itertools.count(1)


def a_tombstone(moment: datetime) -> Reservation:
    return Reservation(
        order_id=next(orders),
        state=ReservationState.RELEASED,
        created_at=moment,
        updated_at=moment,
    )


PRUNED = {
    **EVERYWHERE,
    "reservations": Pruned("prune", "tombstone_days", a_tombstone),
}


def test_every_table_is_kept_for_a_reason_or_forgets() -> None:
    assert missing(db, KEPT, PARENTS, PRUNED) == set()
    assert all(goes_with(db, *pair) for pair in PARENTS.items())


@pytest.mark.parametrize("table", PRUNED)
def test_an_old_row_goes_and_a_young_one_stays(app: Flask, table: str) -> None:
    assert left(app, PRUNED[table]) == ["young"]


@pytest.mark.parametrize("days", [13, 15])
def test_tombstones_are_kept_two_weeks_and_sales_for_ever(
    shop: Any, pass_seconds: Any, days: int
) -> None:
    product = shop.product(stock_quantity=9)
    for order in (1, 2, 3, 4):
        shop.reserve(order, {product: 1}, expires_in=60)
    shop.release(1)
    shop.release(2, final=True)
    shop.commit(3)
    pass_seconds(61)
    with shop.app.app_context():
        jobs.expire_reservations()
    pass_seconds(days * DAY)

    with shop.app.app_context():
        retention.prune()

    left = {order for order in (1, 2, 3, 4) if shop.state(order)}
    assert left == ({3} if days > 14 else {1, 2, 3, 4})
    with shop.app.app_context():
        for table in (ReservationItem, ReservationHistory):
            orders = db.session.scalars(select(table.order_id).distinct())
            assert set(orders) == left
        assert db.session.scalar(select(func.count()).select_from(Reservation))
    shop.check_books()
