"""Answers of Razorpay that leave members out, or have them in another shape."""

import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from chassis import clock
from chassis import json as json_of_chassis
from chassis.outcomes import Refused

ALL, PART = "499.00", "300.00"


@pytest.fixture
def answers(shop):
    """Return `answers(change)`: `change(path, body)` edits each answer of Razorpay."""

    def install(change):
        def edit(response, *_, **__):
            body = json.loads(response._content)
            change(urlsplit(response.url).path, body)
            response._content = json.dumps(body).encode()
            return response

        client = shop.app.extensions["razorpay"]._client
        client.session.hooks["response"].append(edit)

    return install


def entities(body):
    """Return the entities of an answer: itself, or the members of its list."""
    return [*body.get("items", []), *body.get("payment_links", []), body]


def each(kind, change):
    """Return what changes each entity of a kind, wherever it stands."""

    def edit(_path, body):
        for one in entities(body):
            if str(one.get("id", "")).startswith(f"{kind}_"):
                change(one)

    return edit


LESS = {
    "captured is omitted": lambda one: one.pop("captured"),
    "captured is null": lambda one: one.update(captured=None),
    "amount_refunded is omitted": lambda one: one.pop("amount_refunded"),
    "amount_refunded is null": lambda one: one.update(amount_refunded=None),
    "amount_refunded is a text": lambda one: one.update(amount_refunded="49900"),
}


@pytest.mark.parametrize("change", LESS.values(), ids=LESS)
@pytest.mark.parametrize("rupees", [ALL, PART])
def test_a_refund_at_razorpay_is_found_without_these_members(
    shop, elsewhere, sync, rows, answers, alerted, change, rupees
):
    order = shop.captured()
    elsewhere(order, rupees)
    answers(each("pay", change))

    for _ in range(2):
        assert sync(order).status_code == 200

    assert rows(order) == [("provider", rupees, "processed")]
    status = "REFUNDED" if rupees == ALL else "PARTIALLY_REFUNDED"
    assert shop.payment(order).status == status
    assert alerted() == ["refund made at razorpay"]


def test_a_processed_refund_that_fails_later_is_named_and_moves_nothing(
    shop, sync, rows, answers, alerts
):
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()
    answers(each("rfnd", lambda one: one.update(status="failed")))
    answers(each("pay", lambda one: one.update(amount_refunded=0)))

    for _ in range(2):
        assert sync(order).status_code == 200

    assert rows(order) == [("staff", PART, "processed")]
    assert [one["event"] for one in alerts()] == ["refunds at razorpay do not add up"]
    assert "processed" in alerts()[0]["why"]
    assert "failed" in alerts()[0]["why"]


def test_a_refund_is_found_although_the_sum_of_all_is_equal(
    shop, elsewhere, sync, rows, answers
):
    order = shop.captured()
    elsewhere(order, "100.00")
    sync(order)
    [known] = shop.refunds(order)
    elsewhere(order, "100.00")  # after the first one has failed
    failed = known.razorpay_refund_id

    def change(_path, body):
        for one in entities(body):
            if one.get("id") == failed:
                one["status"] = "failed"
            if str(one.get("id", "")).startswith("pay_"):
                one["amount_refunded"] = 10000

    answers(change)
    sync(order)

    assert rows(order) == [("provider", "100.00", "processed")] * 2


UNREADABLE = {
    "an amount as a text": each("pay", lambda one: one.update(amount="49900")),
    "an amount of null": each("pay", lambda one: one.update(amount=None)),
    "no currency": each("pay", lambda one: one.pop("currency")),
    "a link without its status": each("plink", lambda one: one.pop("status")),
    "an id of another kind": each(
        "pay", lambda one: one.update(id="order_" + "x" * 14)
    ),
}


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_is_alerted_and_moves_nothing(
    shop, sync, answers, alerts, change
):
    order = shop.issued()
    shop.pay(order)
    answers(change)

    assert sync(order).status_code == 503

    assert shop.payment(order).state == "issued"
    assert [one["cause"] for one in alerts()] == ["unreadable_answer"]


def test_a_refund_that_cannot_be_read_is_alerted(
    shop, elsewhere, sync, rows, answers, alerts
):
    order = shop.captured()
    elsewhere(order, PART)
    answers(each("rfnd", lambda one: one.update(amount=None)))

    assert sync(order).status_code == 503

    assert rows(order) == []
    assert [one["cause"] for one in alerts()] == ["unreadable_answer"]


@pytest.mark.parametrize(
    "call", ["fetch_link", "payments_of", "refunds_of", "fetch_payment"]
)
def test_a_query_that_razorpay_refuses_is_alerted(shop, elsewhere, sync, alerts, call):
    order = shop.captured()
    elsewhere(order, PART)
    no = Refused("The id provided does not exist")
    setattr(shop.app.extensions["razorpay"], call, lambda *_: no)

    assert sync(order).status_code == 503

    assert [one["cause"] for one in alerts()] == ["query_refused"]
    assert "does not exist" in alerts()[0]["detail"]


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("status", ["expired", "cancelled", "paid"])
def test_payments_are_read_although_the_link_names_no_order(
    shop, sync, answers, value, status
):
    order = shop.issued()
    shop.pay(order, capture=False)
    sync(order)  # the order is known now
    assert shop.payment(order).razorpay_order_id
    answers(each("pay", lambda one: one.update(status="captured", captured=True)))
    answers(each("plink", lambda one: one.update(order_id=value, status=status)))

    sync(order)

    assert shop.payment(order).state == "captured"


def test_a_paid_link_without_its_order_is_no_unpaid_link(shop, sync, answers, alerts):
    order = shop.issued()
    shop.pay(order)
    answers(each("plink", lambda one: one.pop("order_id")))

    assert sync(order).status_code == 503

    assert shop.payment(order).state == "issued"
    assert [one["cause"] for one in alerts()] == ["unreadable_answer"]


def test_an_order_gets_its_link_although_our_clock_is_an_hour_ahead(shop):
    shop.control("account", clock=-3600)  # Razorpay's clock is right, ours is not
    placed_at = json_of_chassis.timestamp(clock.now() - timedelta(hours=1))

    order = shop.request(placed_at=placed_at)
    shop.work()

    assert shop.payment(order).state == "issued"


@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_a_capture_of_nothing_is_reviewed_and_decided(
    shop, sync, answers, tokens, decision
):
    order = shop.issued()
    shop.pay(order)
    answers(each("pay", lambda one: one.update(amount=0, offer_id="offer_1")))
    sync(order)
    payment = shop.payment(order)
    assert (payment.state, payment.captured_amount) == ("under_review", Decimal("0.00"))

    path = f"/payments/{payment.id}/resolve/"
    body = {"decision": decision, "note": "seen"}
    answer = shop.call("POST", path, tokens.admin(), json=body)
    shop.work()

    assert answer.status_code == 200
    state = {"accept": "captured", "refund": "closed"}[decision]
    assert shop.payment(order).state == state
    assert shop.refunds(order) == []


def test_a_paid_link_without_a_capture_is_alerted_when_its_order_ends(
    shop, answers, alerts
):
    order = shop.issued()
    shop.pay(order)
    answers(each("pay", lambda one: one.update(status="refunded", captured=None)))
    shop.close(order)

    causes = []
    for _ in range(6):
        shop.make_due()
        shop.work()
        causes.append([one["cause"] for one in alerts()])

    assert shop.payment(order).state == "closing"
    assert (causes[0], causes[-1]) == ([], ["unreadable_answer"])
