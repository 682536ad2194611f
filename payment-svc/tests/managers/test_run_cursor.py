"""The windows of a run: every second of the period is in exactly one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from payment_svc.managers.run_cursor import LISTINGS, MOST_ROWS
from payment_svc.managers.run_planning import start
from payment_svc.razorpay.listings import Page

SINCE = datetime(2026, 1, 30, 0, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOST = 100  # pages


def windows(work, until):
    """Return the windows of each list, when every window has an empty page only."""
    run_id, found = start(work.session, SINCE, until), {}
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


def test_an_incomplete_list_is_named_with_its_day(work):
    cursor = work.runs.begin(start(work.session, SINCE, SINCE))

    found = cursor.incomplete("refused")

    assert (found.kind, found.theirs) == ("incomplete_list", "refused")
    assert found.razorpay_id == "payments of 2026-01-30"


def test_a_list_that_never_ends_is_cut_off_and_named(work):
    cursor = work.runs.begin(start(work.session, SINCE, SINCE))
    page = Page(("an entity",), first_id="pay_1")
    assert not cursor.ends_with(page)
    assert cursor.cut_off(page) is None

    cursor = replace(cursor, skip=MOST_ROWS)

    assert cursor.ends_with(page)
    assert cursor.cut_off(page).theirs == "more than 1000000 rows"
    assert cursor.cut_off(Page()) is None
