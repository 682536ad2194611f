"""Every cell of the reservation table, legal, illegal, duplicate and late."""

import itertools
from typing import Any

import pytest

from chassis import worker
from chassis.state_machine import Kind
from product_svc.models import (
    STATES,
    TRANSITIONS,
    ReservationState,
    ReservationTrigger,
)

ORDER, RIVAL = 1, 99

# state: how order 1, of two pieces out of five, comes to it
WAYS: dict[str, list[str]] = {
    "none": [],
    "held": ["reserve"],
    "committed": ["reserve", "commit"],
    "released": ["reserve", "release"],
    "expired": ["reserve", "sweep"],
    "refused": ["reserve", "release final"],
}
GONE, TAKEN = (410, "gone"), (409, "already_committed")
LOST, UNSOLD = (409, "reservation_gone"), (409, "not_committed")
MISMATCH, TOO_MUCH = (409, "reservation_mismatch"), (409, "restock_too_large")
SHORT, UNKNOWN = (409, "insufficient_stock"), (409, "unknown_product")
OK, MADE, DONE, NOTHING = (200, None), (201, None), (204, None), (0, None)

# (state, trigger): the answer, the state after it, stock and reserved after it
CELLS: dict[tuple[str, str], tuple[tuple[int, Any], str, tuple[int, int]]] = {
    ("none", "reserve"): (MADE, "held", (5, 2)),
    ("none", "reserve too much"): (SHORT, "refused", (5, 0)),
    ("none", "reserve unknown"): (UNKNOWN, "refused", (5, 0)),
    ("none", "release"): (DONE, "released", (5, 0)),
    ("none", "release final"): (DONE, "refused", (5, 0)),
    ("none", "commit"): ((404, "not_found"), "none", (5, 0)),
    ("none", "restock"): (UNSOLD, "none", (5, 0)),
    ("none", "sweep"): (NOTHING, "none", (5, 0)),
    ("held", "reserve"): (OK, "held", (5, 2)),
    ("held", "reserve too much"): (MISMATCH, "held", (5, 2)),
    ("held", "reserve unknown"): (MISMATCH, "held", (5, 2)),
    ("held", "release"): (DONE, "released", (5, 0)),
    ("held", "release final"): (DONE, "refused", (5, 0)),
    ("held", "commit"): (OK, "committed", (3, 0)),
    ("held", "restock"): (UNSOLD, "held", (5, 2)),
    ("held", "sweep"): (NOTHING, "expired", (5, 0)),
    ("committed", "reserve"): (OK, "committed", (3, 0)),
    ("committed", "reserve too much"): (MISMATCH, "committed", (3, 0)),
    ("committed", "reserve unknown"): (MISMATCH, "committed", (3, 0)),
    ("committed", "release"): (TAKEN, "committed", (3, 0)),
    ("committed", "release final"): (TAKEN, "committed", (3, 0)),
    ("committed", "commit"): (OK, "committed", (3, 0)),
    ("committed", "restock"): (OK, "committed", (5, 0)),
    ("committed", "restock too much"): (TOO_MUCH, "committed", (3, 0)),
    ("committed", "sweep"): (NOTHING, "committed", (3, 0)),
    **{
        (state, trigger): cell
        for state in ("released", "expired")
        for trigger, cell in {
            "reserve": (GONE, state, (5, 0)),
            "reserve too much": (GONE, state, (5, 0)),
            "reserve unknown": (GONE, state, (5, 0)),
            "release": (DONE, state, (5, 0)),
            "release final": (DONE, "refused", (5, 0)),
            "commit": (OK, "committed", (3, 0)),
            "commit when sold out": (LOST, "refused", (5, 4)),
            "restock": (UNSOLD, state, (5, 0)),
            "sweep": (NOTHING, state, (5, 0)),
        }.items()
    },
    ("refused", "reserve"): (GONE, "refused", (5, 0)),
    ("refused", "reserve too much"): (GONE, "refused", (5, 0)),
    ("refused", "reserve unknown"): (GONE, "refused", (5, 0)),
    ("refused", "release"): (DONE, "refused", (5, 0)),
    ("refused", "release final"): (DONE, "refused", (5, 0)),
    ("refused", "commit"): (LOST, "refused", (5, 0)),
    ("refused", "commit when sold out"): (LOST, "refused", (5, 4)),
    ("refused", "restock"): (UNSOLD, "refused", (5, 0)),
    ("refused", "sweep"): (NOTHING, "refused", (5, 0)),
}


@pytest.fixture
def pull(shop: Any, pass_seconds: Any) -> Any:
    """Return what pulls a trigger of the table on order 1 and tells the answer."""
    product = shop.product(stock_quantity=5)

    def sweep() -> None:
        pass_seconds(3600)
        worker.drain(shop.app)

    def commit_when_sold_out() -> Any:
        assert shop.reserve(RIVAL, {product: 4}).status_code == 201
        return shop.commit(ORDER)

    triggers = {
        "reserve": lambda: shop.reserve(ORDER, {product: 2}),
        "reserve too much": lambda: shop.reserve(ORDER, {product: 6}),
        "reserve unknown": lambda: shop.reserve(ORDER, {product: 2, 10**6: 1}),
        "release": lambda: shop.release(ORDER),
        "release final": lambda: shop.release(ORDER, final=True),
        "commit": lambda: shop.commit(ORDER),
        "commit when sold out": commit_when_sold_out,
        "restock": lambda: shop.restock(ORDER, {product: 2}),
        "restock too much": lambda: shop.restock(ORDER, {product: 3}),
        "sweep": sweep,
    }

    def one(trigger: str) -> tuple[tuple[int, Any], tuple[int, int]]:
        answer = triggers[trigger]()
        status = answer.status_code if answer is not None else 0
        code = answer.json["code"] if status >= 400 else None
        return (status, code), shop.quantities(product)

    return one


@pytest.mark.parametrize(("state", "trigger"), CELLS)
def test_a_reservation_does_what_its_cell_of_the_table_says(
    shop: Any, pull: Any, state: str, trigger: str
) -> None:
    for step in WAYS[state]:
        pull(step)
    answer, state_after, quantities = CELLS[state, trigger]

    assert pull(trigger) == (answer, quantities)
    assert (shop.state(ORDER) or "none") == state_after
    shop.check_books()

    if trigger != "commit when sold out":  # a late copy of it changes nothing
        assert pull(trigger)[1] == quantities
        assert (shop.state(ORDER) or "none") == state_after
        shop.check_books()


NAMES = {
    "reserve": ReservationTrigger.RESERVE,
    "reserve too much": ReservationTrigger.RESERVE,
    "release": ReservationTrigger.RELEASE,
    "release final": ReservationTrigger.RELEASE_FINAL,
    "sweep": ReservationTrigger.EXPIRE,
    "commit": ReservationTrigger.COMMIT,
    "commit when sold out": ReservationTrigger.COMMIT,
    "restock": ReservationTrigger.RESTOCK,
}
# Where stock is short product-svc pulls this trigger itself.
SELF_REFUSED = {
    ("none", "reserve too much"),
    ("released", "commit when sold out"),
    ("expired", "commit when sold out"),
}


def cell_of(
    state: str, name: str
) -> tuple[ReservationState | None, ReservationTrigger] | None:
    """Return the key of the code's cell; None where a guard answers before it."""
    if name not in NAMES:
        return None
    source = None if state == "none" else ReservationState(state)
    is_refused = (state, name) in SELF_REFUSED
    return source, ReservationTrigger.REFUSE if is_refused else NAMES[name]


def test_the_table_has_every_transition() -> None:
    assert set(TRANSITIONS) == set(itertools.product(STATES, ReservationTrigger))


def test_the_cells_above_are_those_of_the_table() -> None:
    """A transition that is not tried above, or answers otherwise, fails here."""
    tried = {}
    for (state, name), (answer, state_after, _) in CELLS.items():
        key = cell_of(state, name)
        if key is not None and answer != MISMATCH:
            tried[key] = (answer, state, state_after)
    # product-svc fires this trigger itself, and never in these states.
    impossible = {
        (state, ReservationTrigger.REFUSE) for state in ("held", "committed", "refused")
    }

    assert set(TRANSITIONS) - set(tried) == impossible
    assert all(TRANSITIONS[key].kind is Kind.IMPOSSIBLE for key in impossible)
    for key, (answer, state, state_after) in tried.items():
        transition = TRANSITIONS[key]
        assert state_after == (transition.to or state), key
        if transition.kind is Kind.REFUSE:
            assert answer == (transition.error.status, transition.code), key
        else:
            assert answer[0] < 400 or key[1] == ReservationTrigger.REFUSE, key


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
    shop: Any, pull: Any
) -> None:
    for step in ("reserve", "sweep"):
        pull(step)
    assert shop.call("DELETE", "/products/1/", shop.staff).status_code == 204

    answer, quantities = pull("commit")

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
