"""The sweeper and the pruning of tombstones."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis import worker
from product_svc.extensions import db
from product_svc.jobs import expire_reservations
from product_svc.models import Reservation, ReservationHistory, ReservationItem

DAY = 24 * 3600


def run(shop: Any, job: Callable[[], int]) -> int:
    with shop.app.app_context():
        return job()


def test_only_what_is_held_past_its_time_expires(shop: Any, pass_seconds: Any) -> None:
    product = shop.product(stock_quantity=9)
    shop.reserve(1, {product: 1}, expires_in=60)
    shop.reserve(2, {product: 2}, expires_in=60)
    shop.reserve(3, {product: 3}, expires_in=600)
    shop.commit(2)
    pass_seconds(61)

    assert run(shop, expire_reservations) == 1

    assert [shop.state(order) for order in (1, 2, 3)] == [
        "expired",
        "committed",
        "held",
    ]
    assert shop.quantities(product) == (7, 3)
    shop.check_books()


def test_nothing_expires_before_its_time(shop: Any, pass_seconds: Any) -> None:
    shop.reserve(1, {shop.product(): 1}, expires_in=600)
    pass_seconds(590)

    assert run(shop, expire_reservations) == 0

    assert shop.state(1) == "held"


def test_two_sweepers_at_once_do_no_harm(shop: Any, pass_seconds: Any) -> None:
    product = shop.product(stock_quantity=40)
    for order in range(1, 31):
        shop.reserve(order, {product: 1}, expires_in=60)
    pass_seconds(61)
    gate, done = threading.Barrier(2), []

    def sweep() -> None:
        gate.wait()
        done.append(run(shop, expire_reservations))

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()

    assert sum(done) == 30
    assert shop.quantities(product) == (40, 0)
    shop.check_books()


def test_the_worker_sweeps(shop: Any, pass_seconds: Any) -> None:
    shop.reserve(1, {shop.product(): 1}, expires_in=60)
    pass_seconds(61)

    worker.drain(shop.app)

    assert shop.state(1) == "expired"


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
    run(shop, expire_reservations)
    pass_seconds(days * DAY)

    run(shop, shop.app.extensions["work"].jobs["prune reservations"].run)

    left = {order for order in (1, 2, 3, 4) if shop.state(order)}
    assert left == ({3} if days > 14 else {1, 2, 3, 4})
    with shop.app.app_context():
        for table in (ReservationItem, ReservationHistory):
            orders = db.session.scalars(select(table.order_id).distinct())
            assert set(orders) == left
        assert db.session.scalar(select(func.count()).select_from(Reservation))
    shop.check_books()
