"""Lists that end early, lag behind or repeat, and what is read by its id instead."""

from dataclasses import replace

import pytest

from chassis.outcomes import Refused
from payment_svc.managers import listed_rows, run_cursor
from payment_svc.managers.reconciliation_runs import OFTEN
from payment_svc.models import (
    PaymentAttempt,
    ReconciliationDrift,
    ReconciliationRun,
    Refund,
)
from payment_svc.razorpay.causes import BrokenList
from payment_svc.steps import listings

PART = "300.00"
ALONE = "pay_Sb1RfW8nVc40Ub"


def test_a_list_that_lags_behind_raises_no_alarm(shop, runs, lists, alerts):
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()

    def older(listing, _skip, page):
        if listing == "refunds":
            items = [replace(one, status="pending") for one in page.items]
        else:
            states = {"status": "created", "is_captured": False}
            items = [
                replace(one, payment=replace(one.payment, **states))
                for one in page.items
            ]
        return replace(page, items=tuple(items))

    lists(older)

    assert runs.all().drift == 0
    assert alerts() == []


@pytest.mark.parametrize("length", [0, 1])
def test_a_list_that_ends_in_the_middle_is_completed_by_ids(
    shop, runs, lists, length, monkeypatch, elsewhere, capture_of
):
    monkeypatch.setattr(listed_rows, "FEW", 1)  # in one turn
    orders = [shop.captured() for _ in range(3)]
    runs.stop_polls()
    elsewhere(orders[0])

    def short(listing, skip, page):
        if listing == "disputes":
            return page
        items = page.items[:length] if skip == 0 else ()
        first = items[0].id if items else None
        return replace(page, items=items, first_id=first)

    lists(short)
    runs.all()

    missing = {capture_of(order) for order in orders[: 3 - length]}
    kinds = runs.drift(kind="not_listed")
    assert {name for _, name in kinds} == missing
    assert shop.payment(orders[0]).status == "REFUNDED"


def test_what_an_earlier_run_has_listed_must_be_listed_again(
    shop, runs, lists, capture_of
):
    order = shop.captured()
    assert runs.all().drift == 0
    lists(lambda listing, _, page: replace(page, items=(), first_id=None))

    runs.all()

    assert runs.drift() == [("not_listed", capture_of(order))]


def test_a_short_page_is_not_the_end(shop, runs, lists, elsewhere):
    orders = [shop.captured() for _ in range(3)]
    runs.stop_polls()
    elsewhere(orders[0])

    def one_each(listing, skip, page):
        items = page.items[:1]
        return replace(page, items=items, first_id=items[0].id if items else None)

    lists(one_each)
    run = runs.all()

    assert run.payments == 3
    assert runs.drift(kind="not_listed") == []
    assert shop.payment(orders[0]).status == "REFUNDED"


def test_a_payment_that_razorpay_does_not_know_is_alerted(shop, runs, lists, service):
    order = shop.captured()
    lists(lambda listing, _, page: replace(page, items=(), first_id=None))
    runs.change(PaymentAttempt, razorpay_payment_id=ALONE)
    real = service.read

    def with_words(reader):
        answer = real(reader)
        return Refused("no\x00 such\nid") if isinstance(answer, Refused) else answer

    service.read = with_words

    run = runs.all()

    assert runs.drift() == [("not_at_razorpay", ALONE)]
    [row] = shop.rows(ReconciliationDrift)
    assert row.theirs == "refused: no  such id"
    assert run.unexplained == 1
    assert shop.payment(order).state == "captured"


def test_a_full_page_that_repeats_is_an_incomplete_list(shop, runs, lists, monkeypatch):
    shop.captured()
    monkeypatch.setattr(run_cursor, "PAGE", 1)
    first = []

    def same(listing, _skip, page):
        if listing == "payments":
            first.append(page) if not first else None
            return first[0]
        return page

    lists(same)
    runs.all()

    assert [kind for kind, _ in runs.drift()] == ["incomplete_list"]


def without(*names):
    """Return lists that do not contain what they should."""

    def change(listing, _skip, page):
        is_empty = listing in names
        return replace(page, items=(), first_id=None) if is_empty else page

    return change


@pytest.fixture
def known(shop, runs, capture_of):
    """Return the ids of a refund and a dispute that we have."""
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()
    raised = shop.control(f"payments/{capture_of(order)}/dispute")
    runs.all()
    [refund] = shop.refunds(order)
    return refund.razorpay_refund_id, raised["id"]


def test_refunds_and_disputes_that_a_list_leaves_out_are_fetched_by_their_ids(
    runs, lists, known
):
    lists(without("refunds", "disputes"))

    run = runs.all()

    assert runs.drift(run_id=run.id) == [("not_listed", name) for name in known]
    assert run.unexplained == 0
    assert runs.all().drift == 2  # each run fetches them again


def test_a_refund_that_no_list_contains_is_compared(runs, lists, known, monkeypatch):
    refund_id, _ = known
    lists(without("refunds"))
    real = listings.read_one

    def failed(client, listing, name):
        return replace(real(client, listing, name), status="failed")

    monkeypatch.setattr(listings, "read_one", failed)
    run = runs.all()

    kinds = ["refund_ended", "not_listed"]
    assert runs.drift(run_id=run.id) == [(kind, refund_id) for kind in kinds]


def test_a_refund_that_razorpay_does_not_know_is_alerted(
    shop, runs, lists, known, alerts
):
    lists(without("refunds"))
    runs.change(Refund, razorpay_refund_id="rfnd_Sb7GmQ2xKe54Vs")

    run = runs.all()

    [row] = shop.rows(ReconciliationDrift, run_id=run.id)
    assert (row.kind, row.razorpay_id) == ("not_at_razorpay", "rfnd_Sb7GmQ2xKe54Vs")
    assert (row.ours, row.done) == ("PROCESSED, 300.00", "alert")
    assert alerts()[-1]["kinds"] == {"not_at_razorpay": 1}


@pytest.mark.parametrize("listing", ["payments", "refunds", "disputes"])
def test_a_row_of_ours_that_cannot_be_read_is_named_and_ends_no_run(
    shop, runs, lists, known, capture_of, listing
):
    def unreadable(name, _skip, page):
        if name != listing:
            return page
        ids = tuple(one.id for one in page.items)
        return replace(page, items=(), unreadable=ids)

    lists(unreadable)
    run = runs.all()

    [(kind, name)] = runs.drift(run_id=run.id)
    capture = capture_of(17)
    ids = dict(zip(("refunds", "disputes"), known, strict=True)) | {"payments": capture}
    assert (kind, name) == ("unreadable", ids[listing])


def test_what_is_in_no_list_and_cannot_be_read_by_its_id_is_named(
    runs, lists, known, monkeypatch
):
    lists(without("refunds"))
    monkeypatch.setattr(listings, "read_one", lambda *_: None)

    run = runs.all()

    assert runs.drift(run_id=run.id) == [("unreadable", known[0])]


def test_a_broken_list_is_left_for_a_day_and_the_next_day_is_read(shop, runs, service):
    shop.captured()
    run_id, real = runs.start(days=1), service.read
    service.read = lambda reader: (
        BrokenList("items has 1 of 2 entities")
        if runs.get(run_id).listing == "refunds"
        else real(reader)
    )
    for _ in range(20):
        runs.change(ReconciliationRun, attempts=OFTEN)
        if runs.turn(run_id).state == "finished":
            break

    assert runs.get(run_id).state == "finished"
    rows = shop.rows(ReconciliationDrift)
    assert [row.kind for row in rows] == ["incomplete_list"] * 2
    assert len({row.razorpay_id for row in rows}) == 2  # one for each day
    assert {row.theirs for row in rows} == {"broken_list: items has 1 of 2 entities"}


def test_a_broken_list_is_read_again_at_first_and_alerted(runs, service, alerts):
    run_id = runs.start()
    service.read = lambda _: BrokenList("items has an entity twice")

    run = runs.turn(run_id)

    assert (run.listing, run.skip, run.drift) == ("payments", 0, 0)
    assert run.detail == "broken_list: items has an entity twice"
    assert [one["cause"] for one in alerts()] == ["broken_list"]
