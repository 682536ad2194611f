"""Runs move from page to page, from day to day and from list to list."""

from datetime import UTC, datetime, timedelta

from payment_svc.managers.run_planning import start
from payment_svc.razorpay.listings import Page

SINCE = datetime(2026, 1, 30, 0, 0, 0, tzinfo=UTC)


def page(*names):
    class Row:
        def __init__(self, name):
            self.id = name

    return Page(tuple(Row(name) for name in names), first_id=names[0])


def test_a_short_page_is_followed_by_the_next_and_an_empty_one_by_the_next_list(work):
    run_id = start(work.session, SINCE, SINCE)

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
    run_id = start(work.session, SINCE, SINCE + timedelta(days=1))
    work.runs.advance(work.runs.begin(run_id), page("pay_1"))
    work.runs.advance(work.runs.begin(run_id), Page())

    cursor = work.runs.begin(run_id)

    assert cursor.since == SINCE + timedelta(days=1)
    assert (cursor.listing, cursor.skip, cursor.first_id) == ("payments", 0, None)


def test_a_page_that_repeats_ends_the_window(work):
    run_id = start(work.session, SINCE, SINCE)
    for _ in range(2):
        work.runs.advance(work.runs.begin(run_id), page("pay_2", "pay_1"))

    assert work.runs.begin(run_id).listing == "refunds"
    assert work.runs.get(run_id).payments == 2


def finish(work, run_id):
    while (cursor := work.runs.begin(run_id)) is not None:
        work.runs.advance(cursor, Page())


def test_the_last_run_is_the_one_that_finished_last(work):
    assert work.runs.find_last() is None
    first = start(work.session, SINCE, SINCE)
    second = start(work.session, SINCE + timedelta(days=1), SINCE + timedelta(days=1))

    finish(work, second)
    assert work.runs.find_last().id == second
    finish(work, first)

    assert work.runs.find_last().id == first
