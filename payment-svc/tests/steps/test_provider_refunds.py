"""Refunds that were made at Razorpay are found, published, and subtracted."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from chassis import json
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Payment, PaymentHistory
from payment_svc.razorpay.types import ProviderRefund

ALL, PART = "499.00", "300.00"


@pytest.fixture(params=["poll", "sync", "webhook"])
def notice(request, shop, sync, send_webhook):
    """Return each way in which a refund at Razorpay is noticed."""

    def by_webhook(order):
        events = {e["event"]: e["body"] for e in shop.ledger("events")}
        body = json.dumps(events["refund.processed"])
        answer = send_webhook(body)
        assert answer.status_code == 200
        shop.work()

    def by_poll(order):
        shop.make_due()
        shop.work()

    ways = {"poll": by_poll, "sync": sync, "webhook": by_webhook}
    return ways[request.param]


def test_a_whole_refund_in_the_dashboard_is_a_refund_of_ours(
    shop, elsewhere, notice, alerted, rows
):
    order = shop.captured()
    made = elsewhere(order, comment="by phone")

    notice(order)

    [refund] = shop.refunds(order)
    payment = shop.payment(order)
    assert rows(order) == [("provider", ALL, "processed")]
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
            "note": "by phone",
        }
    ]
    assert alerted() == ["refund made at razorpay"]
    shop.check_books()


def test_a_refund_is_found_once_however_often_razorpay_is_polled(
    shop, elsewhere, sync, rows
):
    order = shop.captured()
    elsewhere(order, PART)

    for _ in range(3):
        assert sync(order).status_code == 200
        shop.make_due()
        shop.work()

    assert rows(order) == [("provider", PART, "processed")]
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
    shop, elsewhere, sync, end, rows
):
    order = shop.captured()
    made = elsewhere(order, PART, pending=True)
    sync(order)
    assert rows(order) == [("provider", PART, "pending")]
    assert shop.payment(order).amount_refunded == 0

    shop.control(f"refunds/{made['id']}/{end}")
    shop.make_due()
    shop.work()

    state = {"process": "processed", "fail": "failed"}[end]
    assert rows(order) == [("provider", PART, state)]
    is_done = state == "processed"
    assert shop.payment(order).amount_refunded == Decimal(PART) * is_done
    assert shop.kinds(order).count(f"refund.{state}") == 1


def test_a_failed_refund_of_the_dashboard_is_no_refund(shop, elsewhere, sync, rows):
    order = shop.captured()
    failed = elsewhere(order, PART, pending=True)
    shop.control(f"refunds/{failed['id']}/fail")
    elsewhere(order, "100.00")

    sync(order)

    assert rows(order) == [("provider", "100.00", "processed")]


def test_an_extra_payment_that_was_refunded_there_is_found_too(
    shop, elsewhere, sync, rows
):
    order = shop.captured()
    shop.pay(order, again=True)
    sync(order)
    extra = shop.payment(order, "EXTRA")
    shop.control(f"payments/{extra.razorpay_payment_id}/refund")

    sync(order)

    assert shop.payment(order, "EXTRA").status == "REFUNDED"
    assert shop.payment(order).status == "COMPLETED"
    assert rows(order) == []


# Which refund is ours


def test_our_own_refund_is_recognised_by_its_receipt_before_its_answer(
    shop, sync, rows
):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    real = service.refund
    service.refund = lambda pay, amount, key, notes: (
        real(pay, amount, key, {}) and Unknown("lost")
    )
    shop.refund(order, PART)
    shop.work()
    assert rows(order) == [("staff", PART, "sent")]

    sync(order)

    assert rows(order) == [("staff", PART, "processed")]


def test_our_own_refund_is_recognised_by_its_notes_alone(shop, sync, rows):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    real = service.refund
    service.refund = lambda pay, amount, key, notes: (
        real(pay, amount, "another-receipt", notes) and Unknown("lost")
    )
    shop.refund(order, PART)
    shop.work()

    sync(order)

    assert rows(order) == [("staff", PART, "processed")]


def test_a_late_call_of_a_refund_that_has_failed_counts_as_made_elsewhere(
    shop, elsewhere, sync, rows
):
    order = shop.captured()
    shop.refund(order, "500.00", "staff")
    [failed] = shop.refunds(order)
    service = shop.app.extensions["razorpay"]
    pay_id = shop.payment(order).razorpay_payment_id
    service.refund(pay_id, Decimal(PART), failed.idempotency_key, {})

    sync(order)

    assert rows(order) == [
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
    shop, elsewhere, sync, name, alerted, rows
):
    fields, words = WRONG[name]
    order = shop.captured()
    elsewhere(order, PART)
    fake(shop, **fields)

    for _ in range(2):
        assert sync(order).status_code == 200

    history = shop.rows(PaymentHistory, trigger="refunds_unexplained")
    assert [words in line.reason for line in history].count(True) == 1
    assert alerted().count("refunds at razorpay do not add up") == len(history)
    is_stored = name == "another sum"
    assert bool(rows(order)) is is_stored
    assert shop.payment(order).state == "captured"


def test_a_list_that_cannot_be_read_is_fetched_again(shop, elsewhere, sync, rows):
    order = shop.captured()
    elsewhere(order, PART)
    service = shop.app.extensions["razorpay"]
    for answer in (Unknown("HTTP 502"), Refused("no")):
        service.refunds_of = lambda _, answer=answer: answer
        assert sync(order).status_code == 503
        assert rows(order) == []
    del service.refunds_of

    shop.make_due()
    shop.work()

    assert rows(order) == [("provider", PART, "processed")]


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


def test_a_payment_that_razorpay_returned_without_a_capture_changes_nothing(
    shop, sync, rows
):
    order = shop.issued()
    payment = shop.pay(order, capture=False)
    shop.control(f"payments/{payment['id']}/refund")

    assert sync(order).status_code == 200

    assert shop.payment(order).state == "issued"
    assert rows(order) == []


# Captures that order-svc does not know


@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_a_refund_of_a_capture_under_review_is_published_when_it_is_accepted(
    shop, elsewhere, sync, tokens, decision, rows
):
    order = shop.issued()
    shop.pay(order, amount=40000)
    sync(order)
    elsewhere(order, PART)
    sync(order)
    assert rows(order) == [("provider", PART, "processed")]
    assert shop.published(order, "refund.processed") == []

    path = f"/payments/{shop.payment(order).id}/resolve/"
    body = {"decision": decision, "note": "seen"}
    assert shop.call("POST", path, tokens.admin(), json=body).status_code == 200
    shop.work()

    published = [e["amount"] for e in shop.published(order, "refund.processed")]
    assert published == ([PART] if decision == "accept" else [])
    if decision == "refund":
        assert ("suspect", "100.00", "processed") in rows(order)
    assert shop.rows(Payment)[0].status in ("PARTIALLY_REFUNDED", "CANCELLED")
