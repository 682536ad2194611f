"""A run continues with the page that was next, and stores each page once."""

import pytest

from payment_svc.steps import reconciliation_runs as steps


def test_a_run_that_was_killed_continues_with_the_same_page(
    shop, runs, monkeypatch, elsewhere
):
    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    run_id = runs.start()

    for name in ("page_read", "before_commit", "page_stored"):

        def die(point, name=name):
            if point == f"reconciliation.{name}":
                raise KeyboardInterrupt

        before = runs.get(run_id).skip, runs.get(run_id).listing
        monkeypatch.setattr(steps, "failpoint", die)
        with pytest.raises(KeyboardInterrupt):
            runs.turn(run_id)
        after = runs.get(run_id).skip, runs.get(run_id).listing
        assert (before == after) is (name != "page_stored")
    monkeypatch.undo()

    assert runs.start() == run_id  # the same command continues it
    run = runs.finish(run_id)
    assert (run.payments, run.refunds) == (1, 1)
    assert sorted(kind for kind, _ in runs.drift()) == [
        "refund_unknown",
        "refunded_amount",
    ]


def test_two_processes_with_one_page_store_it_once(shop, runs, lists, elsewhere):
    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    run_id = runs.start()
    calls = []

    def meanwhile(listing, _skip, page):
        calls.append(listing)
        if len(calls) == 1:
            runs.turn(run_id)  # another process reads the same page
        return page

    lists(meanwhile)
    run = runs.finish(run_id)

    assert (run.payments, run.refunds) == (1, 1)
    assert len(runs.drift()) == 2


def test_two_runs_at_once_do_no_harm(shop, runs, elsewhere):
    order = shop.captured()
    runs.stop_polls()
    elsewhere(order)
    one, two = runs.start(), runs.start(days=1)
    for _ in range(50):
        runs.turn(one)
        runs.turn(two)
    shop.work()

    assert {runs.get(one).state, runs.get(two).state} == {"finished"}
    assert len(shop.refunds(order)) == 1
    shop.check_books()
