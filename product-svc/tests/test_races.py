"""What holds under concurrent requests, in threads with sessions of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from product_svc.managers.reservation_machine import ReservationMachine

BUYERS, LAST = 16, 5


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Start all calls at the same moment and return their answers."""
    gate = threading.Barrier(len(calls))

    def wait_and(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and, calls))


def outcomes(answers: list[Any]) -> Counter[int | str]:
    """Count the answers by code, or by status where all went well."""
    return Counter(
        answer.json["code"] if answer.status_code >= 400 else answer.status_code
        for answer in answers
    )


def test_the_last_five_are_sold_to_five_of_sixteen_buyers(shop: Any) -> None:
    product = shop.product(stock_quantity=LAST)

    answers = at_once(
        [
            lambda order=order: shop.reserve(order, {product: 1})
            for order in range(1, 17)
        ]
    )

    assert outcomes(answers) == {201: LAST, "insufficient_stock": BUYERS - LAST}
    assert shop.quantities(product) == (LAST, LAST)
    shop.check_books()


def test_two_hundred_buyers_of_twenty_pieces_buy_exactly_twenty(shop: Any) -> None:
    product = shop.product(stock_quantity=20)

    def buy(order: int) -> Any:
        answer = shop.reserve(order, {product: 1})
        while answer.status_code == 503:  # the database was busy; nothing was done
            answer = shop.reserve(order, {product: 1})
        return shop.commit(order) if answer.status_code == 201 else answer

    answers = at_once([lambda order=order: buy(order) for order in range(1, 201)])

    assert outcomes(answers) == {200: 20, "insufficient_stock": 180}
    assert shop.quantities(product) == (0, 0)
    shop.check_books()


def test_late_payers_share_what_is_left_and_no_more(
    shop: Any, pass_seconds: Any
) -> None:
    product = shop.product(stock_quantity=BUYERS)
    for order in range(1, BUYERS + 1):
        shop.reserve(order, {product: 1})
        shop.release(order)
    shop.adjust(product, LAST - BUYERS)

    answers = at_once(
        [lambda order=order: shop.commit(order) for order in range(1, BUYERS + 1)]
    )

    assert outcomes(answers) == {200: LAST, "reservation_gone": BUYERS - LAST}
    assert shop.quantities(product) == (0, 0)
    shop.check_books()


def test_adjustments_at_once_never_take_stock_below_what_is_reserved(shop: Any) -> None:
    product = shop.product(stock_quantity=8)
    shop.reserve(1, {product: 3})

    answers = at_once([lambda: shop.adjust(product, -1)] * 10)

    assert outcomes(answers) == {201: 5, "insufficient_stock": 5}
    assert shop.quantities(product) == (3, 3)
    shop.check_books()


def test_two_orders_of_the_same_products_in_opposite_order_never_deadlock(
    shop: Any,
) -> None:
    first, second = (shop.product(stock_quantity=1000) for _ in range(2))

    def buy(orders: range, *products: int) -> list[int]:
        answers = []
        for order in orders:
            lines = [(product, 1) for product in products]
            answers += [shop.reserve(order, lines), shop.commit(order)]
        return [answer.status_code for answer in answers]

    answers = at_once(
        [
            lambda: buy(range(1, 26), first, second),
            lambda: buy(range(101, 126), second, first),
        ]
    )

    assert answers == [[201, 200] * 25] * 2
    assert shop.quantities(first) == shop.quantities(second) == (950, 0)


def test_one_reserve_sent_eight_times_at_once_holds_once(shop: Any) -> None:
    product = shop.product(stock_quantity=100)

    answers = at_once([lambda: shop.reserve(1, {product: 2})] * 8)

    assert outcomes(answers) == {201: 1, 200: 7}
    assert shop.quantities(product) == (100, 2)


def test_one_reserve_of_too_much_sent_eight_times_at_once_is_refused_once(
    shop: Any,
) -> None:
    product = shop.product(stock_quantity=1)

    answers = at_once([lambda: shop.reserve(1, {product: 2})] * 8)

    assert outcomes(answers) == {"insufficient_stock": 1, "gone": 7}
    assert shop.quantities(product) == (1, 0)
    shop.check_books()


def test_a_commit_and_a_release_at_once_never_do_both(shop: Any) -> None:
    product = shop.product(stock_quantity=40)

    for order in range(1, 11):
        shop.reserve(order, {product: 1})
        at_once(
            [
                lambda order=order: shop.commit(order),
                lambda order=order: shop.release(order, final=True),
            ]
        )

        assert shop.state(order) in ("committed", "refused")
        shop.check_books()


def read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two requests read a reservation before one of them changes it.

    The lock prevents this: the second read waits until the first request is done.
    """
    both_have_read, find = threading.Barrier(2), ReservationMachine.find

    def find_and_wait(*args: Any, **options: Any) -> Any:
        found = find(*args, **options)
        with suppress(threading.BrokenBarrierError):  # the other waits for our lock
            both_have_read.wait(0.5)
        return found

    monkeypatch.setattr(ReservationMachine, "find", find_and_wait)


def test_of_a_commit_and_a_release_the_second_reads_when_the_first_is_done(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = shop.product(stock_quantity=5)
    for order in (1, 2):
        shop.reserve(order, {product: 1})
    read_first(monkeypatch)
    answers = at_once(
        [lambda: shop.commit(1), lambda: shop.release(1, final=True)],
    )

    assert outcomes(answers) in (
        {200: 1, "already_committed": 1},
        {204: 1, "reservation_gone": 1},
    )
    shop.check_books()


def test_two_copies_of_a_return_at_once_restock_once(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = shop.product(stock_quantity=5)
    shop.reserve(1, {product: 2})
    shop.commit(1)
    read_first(monkeypatch)

    answers = at_once([lambda: shop.restock(1, {product: 1}, "1")] * 2)

    assert outcomes(answers) == {200: 2}
    assert shop.quantities(product) == (4, 0)
    shop.check_books()
