"""The time of many payments follows from the time of one page."""

from verification.bench.reconciliation import Turn, expected_seconds


def test_only_the_pages_of_payments_increase_with_the_payments():
    # 10 pages of payments and 11 other turns, half a second each
    turns = [Turn(7 + n * 0.5, 100) for n in range(21)]

    assert expected_seconds(1_000, turns) == 0.5 * (21 + 990)
