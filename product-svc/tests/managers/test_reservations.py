"""Rules of reservations beside their table: lines, prices and returns."""

from typing import Any

import pytest

from chassis import worker
from product_svc.extensions import db
from product_svc.managers import ReservationManager, StockManager

ORDER = 1
LOST, OK = (409, "reservation_gone"), (200, None)


def test_a_refused_reserve_names_every_short_line(shop: Any) -> None:
    plenty, two, none = (shop.product(stock_quantity=n) for n in (9, 2, 0))

    answer = shop.reserve(ORDER, {plenty: 3, two: 4, none: 1})

    assert answer.json["items"] == [
        {"product_id": two, "requested": 4, "available": 2},
        {"product_id": none, "requested": 1, "available": 0},
    ]
    assert shop.quantities(plenty) == (9, 0)


def test_an_unknown_and_a_retired_product_are_both_named(shop: Any) -> None:
    good, retired = shop.product(), shop.product()
    shop.call("DELETE", f"/products/{retired}/", shop.staff)

    answer = shop.reserve(ORDER, {good: 1, retired: 1, 10**6: 1})

    assert (answer.status_code, answer.json["code"]) == (409, "unknown_product")
    assert answer.json["product_ids"] == [retired, 10**6]
    assert shop.quantities(good) == (5, 0)


def test_lines_of_one_product_are_held_as_one(shop: Any) -> None:
    product = shop.product(stock_quantity=5)

    answer = shop.reserve(ORDER, [(product, 2), (product, 3)])

    assert answer.status_code == 201
    assert [line["quantity"] for line in answer.json["items"]] == [5]
    assert shop.reserve(ORDER, {product: 5}).json == answer.json


def test_a_reservation_keeps_the_names_and_prices_of_its_moment(shop: Any) -> None:
    product = shop.product(name="Tawa", price="299.50")
    first = shop.reserve(ORDER, {product: 1}).json
    change = {"name": "Better tawa", "price": "999"}
    shop.call("PATCH", f"/products/{product}/", shop.staff, json=change)

    again = shop.reserve(ORDER, {product: 1}).json

    line = {"product_id": product, "name": "Tawa", "price": "299.50", "quantity": 1}
    assert first["items"] == again["items"] == [line]


def test_a_tombstone_without_lines_cannot_be_committed(shop: Any) -> None:
    shop.release(ORDER)

    answer = shop.commit(ORDER)

    assert (answer.status_code, answer.json["code"]) == LOST
    assert shop.state(ORDER) == "refused"


def test_a_product_taken_off_sale_is_still_sold_to_who_paid_late(
    shop: Any, fire: Any
) -> None:
    for step in ("reserve", "sweep"):
        fire(step)
    assert shop.call("DELETE", "/products/1/", shop.staff).status_code == 204

    answer, quantities = fire("commit")

    assert (answer, quantities) == (OK, (3, 0))


def test_returns_come_back_in_parts_and_each_once(shop: Any) -> None:
    product = shop.product(stock_quantity=5)
    shop.reserve(ORDER, {product: 3})
    shop.commit(ORDER)

    answers = [
        shop.restock(ORDER, {product: quantity}, return_id).status_code
        for quantity, return_id in ((1, "1"), (1, "1"), (2, "2"), (1, "3"))
    ]

    assert answers == [200, 200, 200, 409]
    assert shop.quantities(product) == (5, 0)
    shop.check_books()


def test_two_orders_may_number_their_returns_alike(shop: Any) -> None:
    product = shop.product(stock_quantity=5)
    for order in (1, 2):
        shop.reserve(order, {product: 1})
        shop.commit(order)
        shop.restock(order, {product: 1}, "1")

    assert shop.quantities(product) == (5, 0)


def test_a_refusal_that_another_copy_has_overtaken_is_answered_as_its_repeat(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, lines = shop.product(stock_quantity=0), {1: 2}
    with shop.app.app_context():
        manager = ReservationManager(db.session)
        refusal = manager._refusal

        def overtake(*args: Any) -> Any:
            found = refusal(*args)
            StockManager(db.session).adjust(product, 5, "delivery")
            ReservationManager(db.session).reserve(ORDER, lines, 60)
            return found

        monkeypatch.setattr(manager, "_refusal", overtake)
        outcome = manager.reserve(ORDER, lines, 60)
        db.session.commit()

        assert (outcome.refusal, outcome.is_new) == (None, False)
    assert (shop.state(ORDER), shop.quantities(product)) == ("held", (5, 2))
    shop.check_books()


def test_a_commit_without_reservation_calls_a_person(shop: Any, caplog: Any) -> None:
    answer = shop.commit(ORDER)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert "commit without reservation" in caplog.text


def test_a_prolonged_reservation_expires_later(shop: Any, pass_seconds: Any) -> None:
    product = shop.product()
    shop.reserve(ORDER, {product: 2}, expires_in=600)
    pass_seconds(300)

    answer = shop.prolong(ORDER, 3600)

    assert (answer.status_code, answer.json["state"]) == (200, "held")
    pass_seconds(3899)
    worker.drain(shop.app)
    assert shop.state(ORDER) == "held"
    pass_seconds(3901)
    worker.drain(shop.app)
    assert (shop.state(ORDER), shop.quantities(product)) == ("expired", (5, 0))


def test_a_reservation_is_never_shortened(shop: Any, pass_seconds: Any) -> None:
    pass_seconds(0)
    first = shop.reserve(ORDER, {shop.product(): 2}, expires_in=3600).json

    for _ in range(2):
        assert shop.prolong(ORDER, 60).json == first


@pytest.mark.parametrize("seconds", [0, -1, 7 * 24 * 3600 + 1])
def test_a_reservation_is_prolonged_by_a_second_to_a_week(
    shop: Any, seconds: int
) -> None:
    shop.reserve(ORDER, {shop.product(): 2})

    assert shop.prolong(ORDER, seconds).status_code == 422
