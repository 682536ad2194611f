"""Refunds are sent once, whatever answers are lost."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.jobs import check_refunds
from payment_svc.razorpay.types import ProviderRefund


def test_a_refund_reaches_razorpay_and_the_order_is_told(shop):
    order = shop.captured()

    shop.refund(order, "99.00", "staff", 3)
    shop.work()

    [refund] = shop.refunds(order)
    [at_razorpay] = shop.ledger("refunds")
    assert (refund.state, at_razorpay["amount"]) == ("processed", 9900)
    assert at_razorpay["receipt"] == refund.idempotency_key
    assert shop.published(order, "refund.processed") == [
        {
            "order_id": order,
            "payment_id": refund.payment_id,
            "refund_id": refund.id,
            "amount": "99.00",
            "reason": "staff",
            "n": 3,
        }
    ]
    payment = shop.payment(order)
    assert payment.status == "PARTIALLY_REFUNDED"
    assert payment.amount_refunded == Decimal("99.00")
    shop.check_books()


def test_the_last_part_makes_the_payment_refunded(shop):
    order = shop.captured()

    shop.refund(order, "99.00", n=1)
    shop.refund(order, "400.00", n=2)
    shop.work()

    assert shop.payment(order).status == "REFUNDED"
    assert len(shop.ledger("refunds")) == 2


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_key_is_one_refund_and_each_request_is_answered(shop, times):
    order = shop.captured()

    for _ in range(times):
        shop.refund(order, "499.00", "cancelled", 1)
        shop.work()

    assert len(shop.ledger("refunds")) == 1
    assert len(shop.published(order, "refund.processed")) == times


def test_a_key_used_again_with_another_amount_is_the_first_refund(shop):
    order = shop.captured()
    shop.refund(order, "99.00")
    shop.work()

    shop.refund(order, "100.00")
    shop.work()

    assert [event["amount"] for event in shop.published(order, "refund.processed")] == [
        "99.00",
        "99.00",
    ]
    assert len(shop.ledger("refunds")) == 1


def test_a_refund_above_what_is_left_fails_for_ever_under_its_key(shop):
    order = shop.captured()
    shop.refund(order, "400.00", n=1)

    shop.refund(order, "99.01", n=2)
    shop.refund(order, "99.01", n=2)
    shop.work()

    assert [r.state for r in shop.refunds(order)] == ["processed", "failed"]
    assert len(shop.published(order, "refund.failed")) == 2
    shop.check_books()


def test_a_failed_refund_allows_another(shop):
    order = shop.captured()
    shop.refund(order, "499.01", n=1)

    shop.refund(order, "499.00", n=2)
    shop.work()

    assert shop.payment(order).status == "REFUNDED"


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_lost_answer_to_a_refund_leads_to_one_refund(shop, refund_answers_lost, done):
    order = shop.captured()
    with refund_answers_lost(is_made=done):
        shop.refund(order, "99.00")
        shop.work()
    assert [r.state for r in shop.refunds(order)] == ["sent"]

    shop.make_due()
    shop.work()

    assert [r.state for r in shop.refunds(order)] == ["processed"]
    assert len(shop.ledger("refunds")) == 1


def test_every_retry_has_the_same_key_and_the_same_body(shop):
    order = shop.captured()
    calls = []
    service = shop.app.extensions["razorpay"]
    service.refund = lambda *args: calls.append(args) or Unknown("HTTP 409")
    shop.refund(order, "99.00")

    for _ in range(3):
        shop.make_due()
        shop.work()

    assert len(calls) >= 3
    assert all(call == calls[0] for call in calls)


REFUSALS = (
    "invalid request sent",  # a low balance, or an invalid request
    "Your account does not have enough balance to carry out the refund operation.",
    "Request failed because another payment operation is in progress.",
    "The payment status should be captured for action to be taken.",
    "The payment has been fully refunded already.",
    "The refund amount provided is greater than amount captured.",
    "Words that nobody has read before.",
)


@pytest.mark.parametrize("words", REFUSALS)
def test_a_refund_that_is_refused_is_never_given_up_while_it_is_left(
    shop, caplog, pass_time, words
):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    members = {"code": "BAD_REQUEST_ERROR", "step": "refund_request"}
    service.refund = lambda *_: Refused(words, members)
    shop.refund(order, "499.00", "cancelled")
    shop.work()

    [refund] = shop.refunds(order)
    assert refund.state == "sent"
    assert shop.kinds(order).count("refund.failed") == 0
    [alert] = [r.msg for r in caplog.records if r.levelname == "ERROR"]
    assert (alert["alert"], alert["why"]) == (True, words)
    assert alert["error_step"] == "refund_request"

    del service.refund
    pass_time(timedelta(hours=1))
    shop.work()

    [refund] = shop.refunds(order)
    assert refund.state == "processed"
    assert shop.ledger("refunds")[0]["receipt"] == refund.idempotency_key


def test_the_pauses_after_refusals_grow_up_to_the_setting(shop, pass_time):
    order = shop.captured()
    calls, service = [], shop.app.extensions["razorpay"]
    service.refund = lambda *args: calls.append(args) or Refused("invalid request sent")
    shop.refund(order, "99.00")

    pauses = []
    for _ in range(16):
        pass_time(timedelta(hours=1))
        shop.work()
        [refund] = shop.refunds(order)
        pauses.append((refund.next_check_at - clock.now()).total_seconds())

    assert len(calls) == 16
    assert all(call == calls[0] for call in calls)
    assert pauses[0] < 2
    assert pauses[9] > 60
    assert 1700 < pauses[-1] <= 3600


@pytest.mark.parametrize("end", ["processed", "failed"])
def test_a_pending_refund_is_asked_for_until_it_has_ended(shop, end):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]

    def seen(status):
        amount = Decimal("99.00")
        return Done(ProviderRefund("rfnd_Sb7GmQ2xKe54Vs", amount, status, None))

    service.refund = lambda *_: seen("pending")
    service.fetch_refund = lambda *_: seen("pending")
    shop.refund(order, "99.00")
    shop.work()
    assert [r.state for r in shop.refunds(order)] == ["pending"]

    service.fetch_refund = lambda *_: seen(end)
    shop.make_due()
    shop.work()

    assert [r.state for r in shop.refunds(order)] == [end]
    assert f"refund.{end}" in shop.kinds(order)


def test_a_direct_refund_is_republished_until_acknowledged(shop, pass_time, staff):
    order = shop.captured()
    shop.settle(order)
    path = f"/payments/{shop.payment(order).id}/refund/"
    answer = shop.call("POST", path, staff, json={"amount": "99.00"})
    assert answer.status_code == 202
    shop.work()
    pass_time(timedelta(seconds=301))
    shop.work()
    assert len(shop.published(order, "refund.processed")) == 2

    shop.settle(order)
    pass_time(timedelta(seconds=301))
    shop.work()
    assert len(shop.published(order, "refund.processed")) == 3

    shop.settle(order, refund_id=answer.json["id"])
    pass_time(timedelta(seconds=301))
    shop.work()
    assert len(shop.published(order, "refund.processed")) == 3


def test_a_refund_that_another_worker_has_finished_is_never_due_again(shop):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    real = service.refund

    def lose(*call):
        service.refund = real
        real(*call)
        poll_elsewhere(shop)
        return Unknown("ReadTimeout")

    service.refund = lose
    shop.refund(order, "99.00")
    shop.work()
    assert [r.state for r in shop.refunds(order)] == ["processed"]

    shop.make_due()
    shop.work()

    [refund] = shop.refunds(order)
    assert (refund.state, refund.next_check_at) == ("processed", None)
    shop.check_books()


def poll_elsewhere(shop):
    """Let another worker find the refund, as after a webhook."""

    def work():
        shop.make_due()
        with shop.app.app_context():
            check_refunds()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
