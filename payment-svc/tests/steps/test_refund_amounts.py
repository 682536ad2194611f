"""A refund is fitted to what Razorpay has left, before each call."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chassis.outcomes import Unknown

ALL, PART = "499.00", "300.00"


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "not known yet"])
@pytest.mark.parametrize(
    "data", [{"reason": "cancelled"}, {"rest": True}], ids=["automatic", "the rest"]
)
def test_the_rest_is_what_razorpay_has_left(shop, elsewhere, sync, is_known, data):
    order = shop.captured()
    elsewhere(order, "200.00")
    elsewhere(order, "100.00")
    if is_known:
        sync(order)

    shop.refund(order, ALL, **data)
    shop.work()

    own = [r for r in shop.refunds(order) if r.reason != "provider"]
    assert [(f"{r.amount:.2f}", r.state) for r in own] == [("199.00", "processed")]
    amounts = [e["amount"] for e in shop.published(order, "refund.processed")]
    assert sorted(amounts) == ["100.00", "199.00", "200.00"]
    assert shop.payment(order).status == "REFUNDED"
    shop.check_books()


def test_the_rest_of_a_direct_refund_is_reduced_as_well(shop, elsewhere, staff, rows):
    order = shop.captured()
    shop.settle(order)
    elsewhere(order, PART)

    path = f"/payments/{shop.payment(order).id}/refund/"
    assert shop.call("POST", path, staff, json={}).json["amount"] == ALL
    shop.work()

    assert ("direct", "199.00", "processed") in rows(order)


def test_a_refund_of_which_nothing_is_left_ends_with_its_detail(
    shop, elsewhere, alerted
):
    order = shop.captured()
    elsewhere(order)

    shop.refund(order, ALL, "cancelled")
    shop.work()

    [own, found] = shop.refunds(order)
    assert (own.state, own.detail) == ("failed", "0.00 is left of the capture")
    assert (found.reason, found.state) == ("provider", "processed")
    assert shop.kinds(order).count("refund.failed") == 1
    assert shop.payment(order).status == "REFUNDED"
    assert len(shop.ledger("refunds")) == 1
    assert "refund ended" in alerted()


def test_a_refund_with_an_amount_above_what_is_left_is_a_definite_no(
    shop, elsewhere, rows
):
    order = shop.captured()
    elsewhere(order, PART)
    calls, service = [], shop.app.extensions["razorpay"]
    service.refund = lambda *args: calls.append(args)

    shop.refund(order, "199.01")
    shop.work()

    assert ("staff", "199.01", "failed") in rows(order)
    assert calls == []
    assert len(shop.published(order, "refund.failed")) == 1


def before_the_call(service, act):
    """Let something happen at Razorpay between the query and the call of a refund."""
    real, calls = service.refund, []

    def call(*args):
        if not calls:
            act()
        calls.append(args)
        return real(*args)

    service.refund = call
    return calls


def test_a_refund_refused_for_one_made_in_between_is_reduced_under_a_new_key(
    shop, elsewhere, rows
):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    calls = before_the_call(service, lambda: elsewhere(order, PART))

    shop.refund(order, ALL, "cancelled")
    shop.work()
    shop.make_due()
    shop.work()

    assert [amount for _, amount, _, _ in calls] == [Decimal(ALL), Decimal("199.00")]
    assert calls[0][2] != calls[1][2]
    assert ("cancelled", "199.00", "processed") in rows(order)
    assert shop.payment(order).status == "REFUNDED"


def test_a_refund_refused_for_one_of_all_money_made_in_between_ends(
    shop, elsewhere, rows
):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    before_the_call(service, lambda: elsewhere(order))

    shop.refund(order, ALL, "cancelled")
    shop.work()

    assert rows(order) == [
        ("cancelled", ALL, "failed"),
        ("provider", ALL, "processed"),
    ]


@pytest.mark.parametrize("low", ["invalid", "balance"])
def test_a_low_balance_in_any_words_only_delays_a_refund(shop, pass_time, low, rows):
    order = shop.captured()
    shop.control("balance", low=low)
    shop.refund(order, ALL, "cancelled")
    shop.work()
    assert rows(order) == [("cancelled", ALL, "sent")]

    shop.control("balance", low=None)
    pass_time(timedelta(hours=1))
    shop.work()

    assert rows(order) == [("cancelled", ALL, "processed")]


def test_two_refunds_in_progress_and_one_elsewhere_fit_together(shop, elsewhere, rows):
    order = shop.captured()
    elsewhere(order, PART)
    shop.refund(order, "150.00", n=1)
    shop.refund(order, "349.00", n=2, rest=True)
    service = shop.app.extensions["razorpay"]
    real, part = service.refund, Decimal("150.00")
    service.refund = lambda pay, amount, *more: (
        Unknown("lost") if amount == part else real(pay, amount, *more)
    )
    shop.work()
    service.refund = real

    shop.make_due()
    shop.work()

    assert ("staff", "150.00", "processed") in rows(order)
    assert ("staff", "49.00", "processed") in rows(order)
    assert shop.payment(order).status == "REFUNDED"
    shop.check_books()
