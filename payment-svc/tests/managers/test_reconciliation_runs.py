"""The windows of a run: every second of the period is in exactly one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from payment_svc.managers.reconciliation_runs import LISTINGS
from payment_svc.razorpay.listings import Page

SINCE = datetime(2026, 1, 30, 0, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOST = 100  # pages


def windows(work, until):
    """Return the windows of each list, when every window has an empty page only."""
    run_id, found = work.runs.start(SINCE, until), {}
    for _ in range(MOST):
        if (cursor := work.runs.begin(run_id)) is None:
            return found
        found.setdefault(cursor.listing, []).append((cursor.since, cursor.until))
        work.runs.advance(cursor, Page())
    raise AssertionError("the run does not end")


@pytest.mark.parametrize(
    ("length", "count"),
    [
        (timedelta(), 1),
        (timedelta(hours=23), 1),
        (timedelta(days=1) - SECOND, 1),
        (timedelta(days=1), 2),
        (timedelta(days=3, seconds=7), 4),
    ],
)
def test_the_windows_cover_the_period_without_gap_or_overlap(work, length, count):
    until = SINCE + length

    found = windows(work, until)

    assert tuple(found) == LISTINGS
    for each in found.values():
        assert len(each) == count
        assert (each[0][0], each[-1][1]) == (SINCE, until)
        following = pairwise(each)
        assert all(last + SECOND == first for (_, last), (first, _) in following)


def page(*names):
    class Row:
        def __init__(self, name):
            self.id = name

    return Page(tuple(Row(name) for name in names), first_id=names[0])


def test_a_short_page_is_followed_by_the_next_and_an_empty_one_by_the_next_list(work):
    run_id = work.runs.start(SINCE, SINCE)

    work.runs.advance(work.runs.begin(run_id), page("pay_3", "pay_2"))
    second = work.runs.begin(run_id)
    work.runs.advance(second, page("pay_1"))
    third = work.runs.begin(run_id)
    work.runs.advance(third, Page())
    fourth = work.runs.begin(run_id)

    assert (second.skip, third.skip) == (2, 3)
    assert (fourth.listing, fourth.skip, fourth.first_id) == ("refunds", 0, None)
    run = work.runs.get(run_id)
    assert (run.payments, run.pages) == (3, 3)


def test_the_next_window_begins_with_its_first_page(work):
    run_id = work.runs.start(SINCE, SINCE + timedelta(days=1))
    work.runs.advance(work.runs.begin(run_id), page("pay_1"))
    work.runs.advance(work.runs.begin(run_id), Page())

    cursor = work.runs.begin(run_id)

    assert cursor.since == SINCE + timedelta(days=1)
    assert (cursor.listing, cursor.skip, cursor.first_id) == ("payments", 0, None)


def test_a_page_that_repeats_ends_the_window(work):
    run_id = work.runs.start(SINCE, SINCE)
    for _ in range(2):
        work.runs.advance(work.runs.begin(run_id), page("pay_2", "pay_1"))

    assert work.runs.begin(run_id).listing == "refunds"
    assert work.runs.get(run_id).payments == 2


def test_the_same_start_continues_an_unfinished_run_only(work):
    first = work.runs.start(SINCE, SINCE + timedelta(days=1))

    assert work.runs.start(SINCE, SINCE + timedelta(days=2)) == first
    assert work.runs.start(SINCE - SECOND, SINCE) != first
    for _ in LISTINGS:
        for _ in range(2):  # days
            work.runs.advance(work.runs.begin(first), Page())
    assert work.runs.begin(first) is None
    assert work.runs.start(SINCE, SINCE) != first
