"""Links are created once, recovered after a lost answer, and cancelled."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from chassis import clock
from chassis.json import timestamp
from chassis.outcomes import Refused, Unknown
from payment_svc.jobs import check_payments
from payment_svc.steps import Context, read_payment
from payment_svc.steps.links import link_request


@contextmanager
def answers_lost(app, name, *, done):
    """Let a call of Razorpay fail: after it was `done` there, or before."""
    service = app.extensions["razorpay"]
    real = getattr(service, name)

    def lose(*args):
        if done:
            real(*args)
        return Unknown("lost")

    setattr(service, name, lose)
    try:
        yield
    finally:
        delattr(service, name)


def test_a_link_has_the_orders_amount_our_reference_and_sixteen_minutes(shop):
    before = clock.now()
    order = shop.issued(amount="1234.50")

    [link] = shop.ledger("links")
    payment = shop.payment(order)

    assert (link["amount"], link["currency"]) == (123450, "INR")
    assert link["reference_id"] == payment.receipt
    assert link["accept_partial"] is False
    assert link["callback_url"].endswith("/payments/payment_link_callback/")
    assert link["expire_by"] - before.timestamp() >= 16 * 60 - 1
    assert int(payment.expires_at.timestamp()) == link["expire_by"]


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_lost_answer_to_a_create_leads_to_one_link(shop, done):
    with answers_lost(shop.app, "create_link", done=done):
        order = shop.request()
        shop.work()
    assert shop.payment(order).state == "created"

    shop.make_due()
    shop.work()

    [link] = shop.ledger("links")
    assert shop.payment(order).state == "issued"
    assert shop.link(order) == link["id"]
    assert shop.kinds(order) == ["payment.link_ready"]


def test_a_retry_looks_for_the_link_before_it_makes_one(shop, monkeypatch):
    with answers_lost(shop.app, "create_link", done=True):
        order = shop.request()
        shop.work()
    service, asked = shop.app.extensions["razorpay"], []
    for name in ("find_link", "create_link"):
        real = getattr(service, name)
        note = lambda *args, name=name, real=real: asked.append(name) or real(*args)  # noqa: E731
        monkeypatch.setattr(service, name, note, raising=False)

    shop.make_due()
    shop.work()

    assert asked == ["find_link"]
    assert shop.payment(order).state == "issued"


def test_a_link_with_our_reference_is_recovered_even_at_the_first_attempt(shop):
    order = shop.request()
    with shop.app.app_context():
        work = Context()
        payment = read_payment(work, shop.payment(order).id)
        work.razorpay.create_link(link_request(work, payment))

    shop.work()

    assert shop.payment(order).state == "issued"
    assert len(shop.ledger("links")) == 1


def test_a_retry_after_a_long_while_gives_the_link_its_full_time(shop, pass_time):
    with answers_lost(shop.app, "create_link", done=False):
        order = shop.request()
        shop.work()

    pass_time(timedelta(minutes=10))
    shop.work()

    left = shop.payment(order).expires_at - clock.now()
    assert left > timedelta(minutes=15)


def test_no_link_is_made_a_quarter_of_an_hour_after_the_order(shop):
    order = shop.request(
        placed_at=timestamp(clock.now() - timedelta(minutes=15, seconds=1))
    )

    shop.work()

    payment = shop.payment(order)
    assert (payment.state, payment.status) == ("closed", "FAILED")
    assert shop.published(order) == [{"order_id": order, "reason": "failed"}]
    assert shop.ledger("links") == []


@pytest.mark.parametrize(
    "customer",
    [
        {"name": "Asha", "email": "asha@shop.example", "phone": "+919999999999"},
        {"name": "Asha", "email": "not-an-address"},
        {"name": "Asha", "email": "bad", "phone": "+919999999999"},
    ],
    ids=["contact", "email", "both"],
)
def test_a_customers_field_that_razorpay_refuses_is_left_out(shop, customer):
    order = shop.issued(customer=customer)

    assert shop.kinds(order) == ["payment.link_ready"]


def test_another_refusal_is_final(shop):
    order = shop.request(amount="99999999.99")
    shop.app.extensions["razorpay"].create_link = lambda _: Refused(
        "amount exceeds maximum amount allowed."
    )

    shop.work()

    payment = shop.payment(order)
    assert payment.status == "FAILED"
    assert payment.reason == "amount exceeds maximum amount allowed."
    assert shop.published(order) == [{"order_id": order, "reason": "failed"}]


def test_a_closed_payment_never_gets_a_link_whatever_comes_later(shop):
    order = 4711
    shop.close(order, "expired")

    shop.request(order)
    shop.work()

    assert shop.payment(order).status == "EXPIRED"
    assert shop.ledger("links") == []
    assert shop.kinds(order) == ["payment.closed", "payment.closed"]


def test_a_link_is_cancelled_when_its_order_is(shop):
    order = shop.issued()

    shop.close(order)
    shop.work()

    assert shop.payment(order).status == "CANCELLED"
    assert shop.ledger("links")[0]["status"] == "cancelled"
    assert shop.published(order, "payment.closed") == [
        {"order_id": order, "reason": "cancelled"}
    ]


def test_a_cancel_after_a_capture_publishes_the_capture(shop):
    order = shop.issued()
    shop.pay(order)

    shop.close(order)
    shop.work()

    assert shop.payment(order).state == "captured"
    assert shop.kinds(order) == ["payment.link_ready", "payment.captured"]


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_lost_answer_to_a_cancel_is_asked_for_again(shop, done):
    order = shop.issued()
    with answers_lost(shop.app, "cancel_link", done=done):
        shop.close(order)
        shop.work()
    assert shop.payment(order).state == "closing"

    shop.make_due()
    shop.work()

    assert shop.payment(order).state == "closed"
    assert not any(link["payable"] for link in shop.ledger("links"))


def test_a_link_whose_creation_had_no_answer_is_cancelled_too(shop):
    with answers_lost(shop.app, "create_link", done=True):
        order = shop.request()
        shop.work()

    shop.close(order)
    shop.work()

    assert shop.payment(order).state == "closed"
    assert not any(link["payable"] for link in shop.ledger("links"))


def test_a_create_that_arrives_after_the_end_is_found_and_cancelled(shop, pass_time):
    order = shop.request()
    with shop.app.app_context():
        work = Context()
        late = link_request(work, read_payment(work, shop.payment(order).id))
    shop.close(order)
    shop.work()
    assert shop.payment(order).state == "closed"
    with shop.app.app_context():
        Context().razorpay.create_link(late)

    pass_time(timedelta(seconds=61))
    shop.work()

    assert [link["status"] for link in shop.ledger("links")] == ["cancelled"]
    assert shop.kinds(order) == ["payment.closed"]


def test_a_worker_takes_what_another_died_over(shop, pass_time):
    order = shop.request()
    service = shop.app.extensions["razorpay"]

    def die(_):
        raise KeyboardInterrupt

    service.create_link = die
    with shop.app.app_context(), pytest.raises(KeyboardInterrupt):
        check_payments()
    del service.create_link
    shop.work()
    assert shop.payment(order).state == "created"  # it still has its lease

    pass_time(timedelta(seconds=31))
    shop.work()

    assert shop.payment(order).state == "issued"
