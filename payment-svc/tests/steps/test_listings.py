"""Lists that end early, lag behind or repeat, and what is read by its id instead."""

from dataclasses import replace

import pytest

from chassis.outcomes import Refused
from payment_svc.managers import listed_attempts
from payment_svc.models import PaymentAttempt, ReconciliationDrift
from payment_svc.steps import reconciliation_runs as steps

PART = "300.00"
ALONE = "pay_Sb1RfW8nVc40Ub"


def capture_of(shop, order):
    return shop.payment(order).razorpay_payment_id


def alerts(caplog):
    errors = (r.msg for r in caplog.records if r.levelname == "ERROR")
    return [one for one in errors if one.get("alert")]


def test_a_list_that_lags_behind_raises_no_alarm(shop, runs, lists, caplog):
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
    assert alerts(caplog) == []


@pytest.mark.parametrize("length", [0, 1])
def test_a_list_that_ends_in_the_middle_is_completed_by_ids(
    shop, runs, lists, length, monkeypatch, elsewhere
):
    monkeypatch.setattr(listed_attempts, "FEW", 1)  # in one turn
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

    missing = {capture_of(shop, order) for order in orders[: 3 - length]}
    kinds = runs.drift(kind="not_listed")
    assert {name for _, name in kinds} == missing
    assert shop.payment(orders[0]).status == "REFUNDED"


def test_what_an_earlier_run_has_listed_must_be_listed_again(shop, runs, lists):
    order = shop.captured()
    assert runs.all().drift == 0
    lists(lambda listing, _, page: replace(page, items=(), first_id=None))

    runs.all()

    assert runs.drift() == [("not_listed", capture_of(shop, order))]


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
    monkeypatch.setattr(steps, "PAGE", 1)
    first = []

    def same(listing, _skip, page):
        if listing == "payments":
            first.append(page) if not first else None
            return first[0]
        return page

    lists(same)
    runs.all()

    assert [kind for kind, _ in runs.drift()] == ["incomplete_list"]
