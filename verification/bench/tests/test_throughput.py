"""How the sides take turns, with buyers that only write down what they are asked."""

import pytest

from verification.bench import throughput
from verification.faults.browser import Reply
from verification.faults.history import FAIL, OK

NO_TIME = 0.0  # each buyer orders once in each turn


class Willing:
    """A buyer whose order gets a given answer."""

    def __init__(self, outcome=OK):
        self.outcome, self.sides = outcome, []

    def place(self, *, has_key):
        self.sides.append(has_key)
        return Reply(self.outcome)


def test_the_side_that_comes_first_changes_from_round_to_round():
    buyer = Willing()

    throughput.measure([buyer], NO_TIME, 3, lambda _: None)

    warm_up, *turns = buyer.sides
    assert warm_up is True
    assert turns == [False, True, True, False, False, True]


def test_every_round_has_both_sides_and_is_told():
    said = []

    rates = throughput.measure([Willing(), Willing()], NO_TIME, 4, said.append)

    assert len(rates.ratios) == len(said) == 4
    assert said[0].startswith("round 1 of 4: ")
    assert rates.refused == 0


def test_a_shop_that_accepts_nothing_is_not_measured():
    with pytest.raises(RuntimeError, match="no order was accepted"):
        throughput.measure([Willing(FAIL)], NO_TIME, 1, lambda _: None)


def test_what_some_are_refused_is_counted():
    rates = throughput.measure([Willing(), Willing(FAIL)], NO_TIME, 1, lambda _: None)

    assert rates.refused == 2
