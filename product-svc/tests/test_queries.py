"""Tombstones are deleted when no late request can need them; sales are kept."""

from typing import Any

import pytest
from sqlalchemy import func, select

from product_svc.extensions import db
from product_svc.models import Reservation, ReservationHistory, ReservationItem

DAY = 24 * 3600


def run(shop: Any, job: str) -> None:
    with shop.app.app_context():
        shop.app.extensions["work"].jobs[job].run()


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
    run(shop, "expire reservations")
    pass_seconds(days * DAY)

    run(shop, "prune reservations")

    left = {order for order in (1, 2, 3, 4) if shop.state(order)}
    assert left == ({3} if days > 14 else {1, 2, 3, 4})
    with shop.app.app_context():
        for table in (ReservationItem, ReservationHistory):
            orders = db.session.scalars(select(table.order_id).distinct())
            assert set(orders) == left
        assert db.session.scalar(select(func.count()).select_from(Reservation))
    shop.check_books()
