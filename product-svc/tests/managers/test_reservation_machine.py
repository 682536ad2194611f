"""Every transition of the reservation's table: legal, illegal, repeated and late."""

import itertools
from typing import Any

import pytest

from chassis.state_machine import Kind
from product_svc.models import (
    STATES,
    TRANSITIONS,
    ReservationState,
    ReservationTrigger,
)

# state: the triggers that bring order 1, of two units out of five, to it
PATHS: dict[str, list[str]] = {
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
EXPECTED: dict[tuple[str, str], tuple[tuple[int, Any], str, tuple[int, int]]] = {
    ("none", "reserve"): (MADE, "held", (5, 2)),
    ("none", "reserve too much"): (SHORT, "refused", (5, 0)),
    ("none", "reserve unknown"): (UNKNOWN, "refused", (5, 0)),
    ("none", "release"): (DONE, "released", (5, 0)),
    ("none", "release final"): (DONE, "refused", (5, 0)),
    ("none", "commit"): ((404, "not_found"), "none", (5, 0)),
    ("none", "restock"): (UNSOLD, "none", (5, 0)),
    ("none", "prolong"): ((404, "not_found"), "none", (5, 0)),
    ("none", "sweep"): (NOTHING, "none", (5, 0)),
    ("held", "reserve"): (OK, "held", (5, 2)),
    ("held", "reserve too much"): (MISMATCH, "held", (5, 2)),
    ("held", "reserve unknown"): (MISMATCH, "held", (5, 2)),
    ("held", "release"): (DONE, "released", (5, 0)),
    ("held", "release final"): (DONE, "refused", (5, 0)),
    ("held", "commit"): (OK, "committed", (3, 0)),
    ("held", "restock"): (UNSOLD, "held", (5, 2)),
    ("held", "prolong"): (OK, "held", (5, 2)),
    ("held", "sweep"): (NOTHING, "expired", (5, 0)),
    ("committed", "reserve"): (OK, "committed", (3, 0)),
    ("committed", "reserve too much"): (MISMATCH, "committed", (3, 0)),
    ("committed", "reserve unknown"): (MISMATCH, "committed", (3, 0)),
    ("committed", "release"): (TAKEN, "committed", (3, 0)),
    ("committed", "release final"): (TAKEN, "committed", (3, 0)),
    ("committed", "commit"): (OK, "committed", (3, 0)),
    ("committed", "restock"): (OK, "committed", (5, 0)),
    ("committed", "restock too much"): (TOO_MUCH, "committed", (3, 0)),
    ("committed", "prolong"): (OK, "committed", (3, 0)),
    ("committed", "sweep"): (NOTHING, "committed", (3, 0)),
    **{
        (state, trigger): expected
        for state in ("released", "expired")
        for trigger, expected in {
            "reserve": (GONE, state, (5, 0)),
            "reserve too much": (GONE, state, (5, 0)),
            "reserve unknown": (GONE, state, (5, 0)),
            "release": (DONE, state, (5, 0)),
            "release final": (DONE, "refused", (5, 0)),
            "commit": (OK, "committed", (3, 0)),
            "commit when sold out": (LOST, "refused", (5, 4)),
            "restock": (UNSOLD, state, (5, 0)),
            "prolong": (GONE, state, (5, 0)),
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
    ("refused", "prolong"): (GONE, "refused", (5, 0)),
    ("refused", "sweep"): (NOTHING, "refused", (5, 0)),
}


@pytest.mark.parametrize(("state", "trigger"), EXPECTED)
def test_a_reservation_does_what_its_transition_says(
    shop: Any, fire: Any, state: str, trigger: str
) -> None:
    for step in PATHS[state]:
        fire(step)
    answer, state_after, quantities = EXPECTED[state, trigger]

    assert fire(trigger) == (answer, quantities)
    assert (shop.state(1) or "none") == state_after
    shop.check_books()

    if trigger != "commit when sold out":  # a late copy of it changes nothing
        assert fire(trigger)[1] == quantities
        assert (shop.state(1) or "none") == state_after
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
    "prolong": ReservationTrigger.PROLONG,
}
# Where stock is short, product-svc fires REFUSE itself.
SELF_REFUSED = {
    ("none", "reserve too much"),
    ("released", "commit when sold out"),
    ("expired", "commit when sold out"),
}


def key_of(
    state: str, name: str
) -> tuple[ReservationState | None, ReservationTrigger] | None:
    """Return the key of the table; None where a check of the lines answers first."""
    if name not in NAMES:
        return None
    source = None if state == "none" else ReservationState(state)
    is_refused = (state, name) in SELF_REFUSED
    return source, ReservationTrigger.REFUSE if is_refused else NAMES[name]


def test_the_table_has_every_transition() -> None:
    assert set(TRANSITIONS) == set(itertools.product(STATES, ReservationTrigger))


def test_the_expectations_above_are_those_of_the_table() -> None:
    """A transition that is not tried above, or answers otherwise, fails here."""
    tried = {}
    for (state, name), (answer, state_after, _) in EXPECTED.items():
        key = key_of(state, name)
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
