"""RazorpayService against the sandbox: what was asked is done, refused or unknown."""

from datetime import timedelta
from decimal import Decimal

import pytest
import requests

from chassis import clock
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.razorpay.link_request import PaymentLinkRequest
from payment_svc.razorpay_service import RazorpayService

AMOUNT = Decimal("499.00")


@pytest.fixture
def razorpay(sandbox):
    return RazorpayService(sandbox.key_id, sandbox.key_secret, sandbox.url)


def a_request(**fields):
    usual = {
        "reference_id": "0b8f3a52-6c1e-4f0e-9d53-2f1f6b7a1c90",
        "amount": AMOUNT,
        "currency": "INR",
        "expire_by": clock.now() + timedelta(minutes=16),
        "description": "Order 17",
        "customer": {"name": "Asha Rao"},
        "callback_url": "http://127.0.0.1/payments/payment_link_callback/",
        "notes": {"order_id": "17"},
    }
    return PaymentLinkRequest(**{**usual, **fields})


def done(outcome):
    assert isinstance(outcome, Done), outcome
    return outcome.value


def paid(razorpay, sandbox):
    link = done(razorpay.create_link(a_request()))
    url = f"{sandbox.url}/control/links/{link.id}/pay/"
    pay_id = requests.post(url, timeout=5).json()["id"]
    return done(razorpay.fetch_link(link.id)), pay_id


def test_a_link_is_made_found_by_its_reference_and_cancelled(razorpay):
    request = a_request()

    link = done(razorpay.create_link(request))

    assert (link.amount, link.currency, link.status) == (AMOUNT, "INR", "created")
    assert int(link.expire_by.timestamp()) == int(request.expire_by.timestamp())
    assert done(razorpay.find_link(request.reference_id)) == link
    assert done(razorpay.find_link("another")) is None
    assert done(razorpay.cancel_link(link.id)).is_over


def test_a_taken_reference_is_refused_with_razorpays_words(razorpay):
    done(razorpay.create_link(a_request()))

    again = razorpay.create_link(a_request())

    assert isinstance(again, Refused)
    assert again.names("already exists")


def test_a_contact_that_razorpay_does_not_like_is_named(razorpay):
    request = a_request(customer={"name": "Asha", "contact": "+919999999999"})

    assert razorpay.create_link(request).names("contact")


def test_a_link_without_customer_leaves_the_member_out(razorpay):
    assert done(razorpay.create_link(a_request(customer={})))


def test_a_snapshot_is_the_link_and_its_orders_payments(razorpay, sandbox):
    link, pay_id = paid(razorpay, sandbox)

    snapshot = done(razorpay.snapshot(link))

    [capture] = snapshot.captures
    assert (capture.id, capture.amount, capture.currency) == (pay_id, AMOUNT, "INR")


@pytest.mark.parametrize("answer", [Unknown("lost"), Refused("no")])
def test_payments_that_cannot_be_read_are_not_taken_for_none(razorpay, sandbox, answer):
    link, _ = paid(razorpay, sandbox)
    razorpay.payments_of = lambda _: answer

    assert razorpay.snapshot(link) == answer


@pytest.mark.parametrize("amount", ["19.99", "1.15", "1449.35"])
def test_the_exact_amount_is_requested_and_refunded(razorpay, sandbox, amount):
    link = done(razorpay.create_link(a_request(amount=Decimal(amount))))
    url = f"{sandbox.url}/control/links/{link.id}/pay/"
    pay_id = requests.post(url, timeout=5).json()["id"]

    refund = done(razorpay.refund(pay_id, Decimal(amount), "key-0123456789", {}))

    assert (link.amount, refund.amount) == (Decimal(amount), Decimal(amount))


def test_a_paid_link_cannot_be_cancelled(razorpay, sandbox):
    link, _ = paid(razorpay, sandbox)

    assert razorpay.cancel_link(link.id).names("already paid")


def test_a_refund_with_the_same_key_is_made_once(razorpay, sandbox):
    _, pay_id = paid(razorpay, sandbox)

    first, second = (
        done(razorpay.refund(pay_id, Decimal("99.50"), "key-0123456789", {}))
        for _ in range(2)
    )

    assert first == second
    assert done(razorpay.refunds_of(pay_id)) == (first,)
    assert done(razorpay.fetch_refund(pay_id, first.id)).status == "processed"


def test_a_refund_always_names_its_speed(razorpay, sandbox):
    _, pay_id = paid(razorpay, sandbox)
    sent = []
    client = razorpay._client
    client.payment.refund = lambda *args, **_: sent.append(args[1]) or {}

    razorpay.refund(pay_id, Decimal("1.00"), "key-0123456789", {})

    assert [body["speed"] for body in sent] == ["normal"]


def test_all_refunds_of_a_payment_are_read_whoever_made_them(razorpay, sandbox):
    _, pay_id = paid(razorpay, sandbox)
    url = f"{sandbox.url}/control/payments/{pay_id}/refund/"
    body = {"amount": 100, "comment": "by phone\n"}
    for _ in range(101):
        requests.post(url, json=body, timeout=5).close()

    found = done(razorpay.refunds_of(pay_id))

    assert len({one.id for one in found}) == 101
    assert {(one.receipt, one.key, one.comment) for one in found} == {
        (None, None, "by phone ")
    }
    assert {(one.payment_id, one.currency) for one in found} == {(pay_id, "INR")}
    assert done(razorpay.fetch_payment(pay_id)).amount_refunded == Decimal("101.00")


def test_a_refund_above_the_capture_is_refused(razorpay, sandbox):
    _, pay_id = paid(razorpay, sandbox)

    refusal = razorpay.refund(pay_id, Decimal("499.01"), "key-0123456789", {})

    assert isinstance(refusal, Refused)


def test_a_wrong_key_is_no_refusal(sandbox):
    stranger = RazorpayService(sandbox.key_id, "wrong", sandbox.url)

    answer = stranger.create_link(a_request())

    assert answer.cause.name == "key_refused"
    assert answer.why == "key_refused: Authentication failed"


@pytest.mark.parametrize("bad", ["plink_1", "pay_Sb1RfW8nVc40Ub", "x?y=1", "../x", ""])
def test_what_is_no_id_never_reaches_a_path(razorpay, bad):
    with pytest.raises(ValueError, match="not a plink id"):
        razorpay.fetch_link(bad)


ITEM = {"amount": 49900, "currency": "INR", "status": "captured", "created_at": 1}
PAYMENT = {"id": "pay_Sb1RfW8nVc40Ub", **ITEM}
REFUND = {"id": "rfnd_Sb7GmQ2xKe54Vs", **ITEM}
BROKEN = {
    "ends in the middle": lambda one: {"count": 2, "items": [one]},
    "repeats an id": lambda one: {"items": [one, one]},
    "is no list": lambda one: {"items": {"0": one}},
    "has a row that is no object": lambda one: {"items": [one, None]},
    "has a row without an amount": lambda one: {"items": [one, {"id": "pay_1"}]},
    "has a row without an id": lambda one: {"items": [one, {**one, "id": None}]},
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("which", ["payments", "refunds"])
def test_a_broken_list_is_never_taken_for_the_whole(broken, which):
    razorpay = RazorpayService("rzp_test_1", "secret", "http://127.0.0.1:9")
    client = razorpay._client
    client.order.payments = lambda _: BROKEN[broken](PAYMENT)
    pages = [BROKEN[broken](REFUND), {"items": []}]
    client.payment.fetch_multiple_refund = lambda *_: pages.pop(0)

    found = {
        "payments": lambda: razorpay.payments_of("order_Sb1Qx7LmZk29Ta"),
        "refunds": lambda: razorpay.refunds_of("pay_Sb1RfW8nVc40Ub"),
    }[which]()

    assert isinstance(found, Unknown)


def test_a_link_is_found_among_all_when_razorpay_ignores_the_filter(razorpay):
    wanted = done(razorpay.create_link(a_request(reference_id="our-1")))
    done(razorpay.create_link(a_request(reference_id="our-2")))
    real, queries = razorpay._client.payment_link.all, []

    def ignoring(query):
        queries.append(query["skip"])
        return real({"count": 1, "skip": query["skip"]})  # the newest link comes first

    razorpay._client.payment_link.all = ignoring

    assert done(razorpay.find_link("our-1")) == wanted
    assert queries == [0, 1]
    assert done(razorpay.find_link("our-3")) is None
