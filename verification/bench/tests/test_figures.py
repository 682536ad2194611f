"""The arithmetic of the benchmark."""

import random

import pytest

from verification.bench.figures import Rates, Round, median_rate, percentile


def test_a_rate_counts_accepted_orders_alone():
    assert Round(accepted=30, refused=10, seconds=2.0).rate == 15.0


def test_one_slow_round_does_not_move_the_median():
    rounds = [Round(100, 0, 1.0), Round(102, 0, 1.0), Round(3, 0, 1.0)]

    assert median_rate(rounds) == 100.0


def test_a_ratio_is_of_the_two_sides_of_one_round():
    slow, fast = [Round(10, 0, 1.0), Round(100, 0, 1.0)], [9, 95]
    rates = Rates(slow, [Round(accepted, 0, 1.0) for accepted in fast])

    assert rates.ratios == pytest.approx([0.9, 0.95])


def test_sides_that_did_not_take_the_same_turns_have_no_ratio():
    rates = Rates([Round(10, 0, 1.0)], [])

    with pytest.raises(ValueError, match="zip"):
        _ = rates.ratios


def test_refusals_of_both_sides_are_summed():
    rates = Rates([Round(10, 1, 1.0)], [Round(10, 2, 1.0)])

    assert rates.refused == 3


def test_a_percentile_takes_values_in_any_order():
    values = [float(number) for number in range(101)]
    random.Random(1).shuffle(values)

    assert (percentile(values, 50), percentile(values, 99)) == (50.0, 99.0)


def test_the_99th_percentile_sees_what_the_median_does_not():
    waits = [0.2] * 97 + [3.0] * 3

    assert percentile(waits, 50) == 0.2
    assert percentile(waits, 99) == 3.0
