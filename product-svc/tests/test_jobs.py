"""The sweep that expires reservations."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from chassis import leases, worker
from product_svc.extensions import db
from product_svc.jobs import LEASE, expire_reservations
from product_svc.managers import ReservationManager
from product_svc.models import Reservation


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
    gate = threading.Barrier(2)

    def sweep() -> None:
        gate.wait()
        while run(shop, expire_reservations):
            pass

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    # A row that the other sweeper had locked expires at its next lease.
    pass_seconds(62 + int(LEASE))
    run(shop, expire_reservations)

    assert {shop.state(order) for order in range(1, 31)} == {"expired"}
    assert shop.quantities(product) == (40, 0)
    shop.check_books()


def test_the_worker_sweeps(shop: Any, pass_seconds: Any) -> None:
    shop.reserve(1, {shop.product(): 1}, expires_in=60)
    pass_seconds(61)

    worker.drain(shop.app)

    assert shop.state(1) == "expired"


def test_a_sweep_that_died_is_repeated_when_its_lease_ends(
    shop: Any, pass_seconds: Any
) -> None:
    shop.reserve(1, {shop.product(): 1}, expires_in=60)
    pass_seconds(61)
    with shop.app.app_context():
        assert leases.lease(Reservation, LEASE) == [1]
        db.session.commit()

    assert run(shop, expire_reservations) == 0
    pass_seconds(61 + int(LEASE))
    assert run(shop, expire_reservations) == 1

    assert shop.state(1) == "expired"


def test_a_reservation_that_ended_during_its_lease_does_not_expire(
    shop: Any, pass_seconds: Any
) -> None:
    product = shop.product(stock_quantity=5)
    shop.reserve(1, {product: 2}, expires_in=60)
    pass_seconds(61)
    with shop.app.app_context():
        leases.lease(Reservation, LEASE)
        db.session.commit()
    shop.commit(1)

    with shop.app.app_context():
        assert ReservationManager(db.session).expire(1) is False

    assert (shop.state(1), shop.quantities(product)) == ("committed", (3, 0))


@pytest.mark.parametrize("end", ["release", "commit"])
def test_only_a_held_reservation_is_ever_due(shop: Any, end: str) -> None:
    shop.reserve(1, {shop.product(): 1}, expires_in=60)

    with shop.app.app_context():
        held = db.session.get_one(Reservation, 1)
        assert held.next_check_at == held.expires_at
    getattr(shop, end)(1)

    with shop.app.app_context():
        assert db.session.get_one(Reservation, 1).next_check_at is None
