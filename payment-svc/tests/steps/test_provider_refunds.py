"""Refunds that were made at Razorpay are found, published, and subtracted."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from chassis import json
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Payment, PaymentHistory
from payment_svc.razorpay.signatures import sign
from payment_svc.razorpay.types import ProviderRefund

ALL, PART = "499.00", "300.00"


@pytest.fixture
def elsewhere(shop):
    """Return `elsewhere(order, rupees, **options)`: a refund in the dashboard."""

    def make(order, rupees=None, **options):
        if rupees is not None:
            options["amount"] = int(Decimal(rupees) * 100)
        path = f"payments/{shop.payment(order).razorpay_payment_id}/refund"
        return shop.control(path, **options)

    return make


@pytest.fixture
def sync(shop, staff):
    """Return `sync(order)`: staff reconcile the payment with Razorpay."""

    def post(order):
        path = f"/payments/{shop.payment(order).id}/sync/"
        return shop.call("POST", path, staff)

    return post


def alerts(caplog):
    errors = (r.msg for r in caplog.records if r.levelname == "ERROR")
    return [one["event"] for one in errors if one.get("alert")]


def rows(shop, order):
    found = shop.refunds(order)
    return [(r.reason, f"{r.amount:.2f}", r.state) for r in found]


@pytest.fixture(params=["poll", "sync", "webhook"])
def notice(request, shop, sync, client, sandbox):
    """Return each way in which a refund at Razorpay is noticed."""

    def by_webhook(order):
        events = {e["event"]: e["body"] for e in shop.ledger("events")}
        body = json.dumps(events["refund.processed"])
        headers = {"X-Razorpay-Signature": sign(body, sandbox.webhook_secret)}
        answer = client.post("/payments/webhook/", data=body, headers=headers)
        assert answer.status_code == 200
        shop.work()

    def by_poll(order):
        shop.make_due()
        shop.work()

    ways = {"poll": by_poll, "sync": sync, "webhook": by_webhook}
    return ways[request.param]


def test_a_whole_refund_in_the_dashboard_is_a_refund_of_ours(
    shop, elsewhere, notice, caplog
):
    order = shop.captured()
    made = elsewhere(order, comment="by phone")

    notice(order)

    [refund] = shop.refunds(order)
    payment = shop.payment(order)
    assert rows(shop, order) == [("provider", ALL, "processed")]
    assert (refund.razorpay_refund_id, refund.note) == (made["id"], "by phone")
    assert (payment.status, payment.amount_refunded) == ("REFUNDED", Decimal(ALL))
    assert shop.published(order, "refund.processed") == [
        {
            "order_id": order,
            "payment_id": payment.id,
            "refund_id": refund.id,
            "amount": ALL,
            "reason": "provider",
            "n": 1,
        }
    ]
    assert alerts(caplog) == ["refund made at razorpay"]
    shop.check_books()


def test_a_refund_is_found_once_however_often_razorpay_is_polled(shop, elsewhere, sync):
    order = shop.captured()
    elsewhere(order, PART)

    for _ in range(3):
        assert sync(order).status_code == 200
        shop.make_due()
        shop.work()

    assert rows(shop, order) == [("provider", PART, "processed")]
    assert len(shop.published(order, "refund.processed")) == 1
    assert shop.payment(order).status == "PARTIALLY_REFUNDED"


def test_it_is_republished_until_order_svc_acknowledges_it(
    shop, elsewhere, sync, pass_time
):
    order = shop.captured()
    elsewhere(order, PART)
    sync(order)
    shop.settle(order)
    pass_time(timedelta(seconds=301))
    shop.work()
    assert len(shop.published(order, "refund.processed")) == 2

    shop.settle(order, refund_id=shop.refunds(order)[0].id)
    pass_time(timedelta(seconds=301))
    shop.work()

    assert len(shop.published(order, "refund.processed")) == 2


@pytest.mark.parametrize("end", ["process", "fail"])
def test_a_pending_refund_of_the_dashboard_is_polled_like_ours(
    shop, elsewhere, sync, end
):
    order = shop.captured()
    made = elsewhere(order, PART, pending=True)
    sync(order)
    assert rows(shop, order) == [("provider", PART, "pending")]
    assert shop.payment(order).amount_refunded == 0

    shop.control(f"refunds/{made['id']}/{end}")
    shop.make_due()
    shop.work()

    state = {"process": "processed", "fail": "failed"}[end]
    assert rows(shop, order) == [("provider", PART, state)]
    is_done = state == "processed"
    assert shop.payment(order).amount_refunded == Decimal(PART) * is_done
    assert shop.kinds(order).count(f"refund.{state}") == 1


def test_a_failed_refund_of_the_dashboard_is_no_refund(shop, elsewhere, sync):
    order = shop.captured()
    failed = elsewhere(order, PART, pending=True)
    shop.control(f"refunds/{failed['id']}/fail")
    elsewhere(order, "100.00")

    sync(order)

    assert rows(shop, order) == [("provider", "100.00", "processed")]


def test_an_extra_payment_that_was_refunded_there_is_found_too(shop, elsewhere, sync):
    order = shop.captured()
    shop.pay(order, again=True)
    sync(order)
    extra = shop.payment(order, "EXTRA")
    shop.control(f"payments/{extra.razorpay_payment_id}/refund")

    sync(order)

    assert shop.payment(order, "EXTRA").status == "REFUNDED"
    assert shop.payment(order).status == "COMPLETED"
    assert rows(shop, order) == []


# A refund that is requested while money was refunded elsewhere


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


def test_the_rest_of_a_direct_refund_is_reduced_as_well(shop, elsewhere, staff):
    order = shop.captured()
    shop.settle(order)
    elsewhere(order, PART)

    path = f"/payments/{shop.payment(order).id}/refund/"
    assert shop.call("POST", path, staff, json={}).json["amount"] == ALL
    shop.work()

    assert ("direct", "199.00", "processed") in rows(shop, order)


def test_a_refund_of_which_nothing_is_left_ends_with_its_detail(
    shop, elsewhere, caplog
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
    assert "refund ended" in alerts(caplog)


def test_a_refund_with_an_amount_above_what_is_left_is_a_definite_no(shop, elsewhere):
    order = shop.captured()
    elsewhere(order, PART)
    calls, service = [], shop.app.extensions["razorpay"]
    service.refund = lambda *args: calls.append(args)

    shop.refund(order, "199.01")
    shop.work()

    assert ("staff", "199.01", "failed") in rows(shop, order)
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
    shop, elsewhere
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
    assert ("cancelled", "199.00", "processed") in rows(shop, order)
    assert shop.payment(order).status == "REFUNDED"


def test_a_refund_refused_for_one_of_all_money_made_in_between_ends(shop, elsewhere):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    before_the_call(service, lambda: elsewhere(order))

    shop.refund(order, ALL, "cancelled")
    shop.work()

    assert rows(shop, order) == [
        ("cancelled", ALL, "failed"),
        ("provider", ALL, "processed"),
    ]


@pytest.mark.parametrize("low", ["invalid", "balance"])
def test_a_low_balance_in_any_words_only_delays_a_refund(shop, pass_time, low):
    order = shop.captured()
    shop.control("balance", low=low)
    shop.refund(order, ALL, "cancelled")
    shop.work()
    assert rows(shop, order) == [("cancelled", ALL, "sent")]

    shop.control("balance", low=None)
    pass_time(timedelta(hours=1))
    shop.work()

    assert rows(shop, order) == [("cancelled", ALL, "processed")]


def test_two_refunds_in_progress_and_one_elsewhere_fit_together(shop, elsewhere):
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

    assert ("staff", "150.00", "processed") in rows(shop, order)
    assert ("staff", "49.00", "processed") in rows(shop, order)
    assert shop.payment(order).status == "REFUNDED"
    shop.check_books()


# Which refund is ours


def test_our_own_refund_is_recognised_by_its_receipt_before_its_answer(shop, sync):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    real = service.refund
    service.refund = lambda pay, amount, key, notes: (
        real(pay, amount, key, {}) and Unknown("lost")
    )
    shop.refund(order, PART)
    shop.work()
    assert rows(shop, order) == [("staff", PART, "sent")]

    sync(order)

    assert rows(shop, order) == [("staff", PART, "processed")]


def test_our_own_refund_is_recognised_by_its_notes_alone(shop, sync):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    real = service.refund
    service.refund = lambda pay, amount, key, notes: (
        real(pay, amount, "another-receipt", notes) and Unknown("lost")
    )
    shop.refund(order, PART)
    shop.work()

    sync(order)

    assert rows(shop, order) == [("staff", PART, "processed")]


def test_a_late_call_of_a_refund_that_has_failed_counts_as_made_elsewhere(
    shop, elsewhere, sync
):
    order = shop.captured()
    shop.refund(order, "500.00", "staff")
    [failed] = shop.refunds(order)
    service = shop.app.extensions["razorpay"]
    pay_id = shop.payment(order).razorpay_payment_id
    service.refund(pay_id, Decimal(PART), failed.idempotency_key, {})

    sync(order)

    assert rows(shop, order) == [
        ("staff", "500.00", "failed"),
        ("provider", PART, "processed"),
    ]


# What cannot be explained


def fake(shop, amount, **fields):
    """Let Razorpay return one refund that it does not have."""
    found = ProviderRefund(
        **{
            "id": "rfnd_Sb7GmQ2xKe54Vs",
            "amount": Decimal(amount),
            "status": "processed",
            "receipt": None,
            **fields,
        }
    )
    shop.app.extensions["razorpay"].refunds_of = lambda _: Done((found,))


WRONG = {
    "more than was captured": ({"amount": "499.01"}, "more is refunded than was"),
    "nothing": ({"amount": "0.00"}, "a refund of nothing"),
    "another currency": ({"amount": PART, "currency": "USD"}, "another currency"),
    "another payment": (
        {"amount": PART, "payment_id": "pay_Sb1RfW8nVc40Ub"},
        "another payment",
    ),
    "another sum": ({"amount": "299.99"}, "but the sum of the refunds is 299.99"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_add_up_is_recorded_once_and_alerted(
    shop, elsewhere, sync, caplog, name
):
    fields, words = WRONG[name]
    order = shop.captured()
    elsewhere(order, PART)
    fake(shop, **fields)

    for _ in range(2):
        assert sync(order).status_code == 200

    history = shop.rows(PaymentHistory, trigger="refunds_unexplained")
    assert [words in line.reason for line in history].count(True) == 1
    assert "refunds at razorpay do not add up" in alerts(caplog)
    is_stored = name == "another sum"
    assert bool(rows(shop, order)) is is_stored
    assert shop.payment(order).state == "captured"


def test_a_list_that_cannot_be_read_is_fetched_again(shop, elsewhere, sync):
    order = shop.captured()
    elsewhere(order, PART)
    service = shop.app.extensions["razorpay"]
    for answer in (Unknown("HTTP 502"), Refused("no")):
        service.refunds_of = lambda _, answer=answer: answer
        assert sync(order).status_code == 503
        assert rows(shop, order) == []
    del service.refunds_of

    shop.make_due()
    shop.work()

    assert rows(shop, order) == [("provider", PART, "processed")]


def test_the_pauses_grow_while_the_list_cannot_be_read(shop, elsewhere):
    order = shop.captured()
    elsewhere(order, PART)
    shop.app.extensions["razorpay"].refunds_of = lambda _: Unknown("HTTP 502")

    attempts = []  # the pause doubles with each
    for _ in range(4):
        shop.make_due()
        shop.work()
        attempts.append(shop.payment(order).attempts)

    assert attempts[0] >= 1
    assert all(later > earlier for earlier, later in pairwise(attempts))


def test_a_payment_that_razorpay_returned_without_a_capture_changes_nothing(shop, sync):
    order = shop.issued()
    payment = shop.pay(order, capture=False)
    shop.control(f"payments/{payment['id']}/refund")

    assert sync(order).status_code == 200

    assert shop.payment(order).state == "issued"
    assert rows(shop, order) == []


# Captures that order-svc does not know


@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_a_refund_of_a_capture_under_review_is_published_when_it_is_accepted(
    shop, elsewhere, sync, tokens, decision
):
    order = shop.issued()
    shop.pay(order, amount=40000)
    sync(order)
    elsewhere(order, PART)
    sync(order)
    assert rows(shop, order) == [("provider", PART, "processed")]
    assert shop.published(order, "refund.processed") == []

    path = f"/payments/{shop.payment(order).id}/resolve/"
    body = {"decision": decision, "note": "seen"}
    assert shop.call("POST", path, tokens.admin(), json=body).status_code == 200
    shop.work()

    published = [e["amount"] for e in shop.published(order, "refund.processed")]
    assert published == ([PART] if decision == "accept" else [])
    if decision == "refund":
        assert ("suspect", "100.00", "processed") in rows(shop, order)
    assert shop.rows(Payment)[0].status in ("PARTIALLY_REFUNDED", "CANCELLED")
