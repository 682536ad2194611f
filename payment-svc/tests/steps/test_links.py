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
        {"name": "Om", "email": "asha@shop.example"},
        {"name": "Rao, Asha", "email": "asha@shop.example"},
        {"name": "Asha", "email": "asha@shop.example", "phone": "+919999999999"},
        {"name": "Asha", "email": "not-an-address"},
        {"name": "Om", "email": "bad", "phone": "+919999999999"},
    ],
    ids=["short name", "comma", "contact", "email", "all"],
)
def test_a_customers_field_that_razorpay_refuses_is_left_out(shop, customer):
    order = shop.issued(customer=customer)

    assert shop.kinds(order) == ["payment.link_ready"]
    [link] = shop.ledger("links")
    assert link["customer"] == {}
    assert (link["description"], link["notes"]) == ("", None)
    assert link["reference_id"] == shop.payment(order).receipt
    assert link["callback_url"].endswith("/payments/payment_link_callback/")
    assert link["expire_by"]


def test_whatever_the_words_the_link_is_requested_once_more_without_all_of_it(shop):
    shop.control("account", refuse_fields="words that nobody has documented")

    order = shop.issued()

    assert shop.payment(order).is_plain_link
    assert shop.kinds(order) == ["payment.link_ready"]


def test_a_plain_link_is_paid_like_any_other(shop):
    shop.control("account", refuse_fields="no")

    order = shop.captured()

    assert shop.payment(order).status == "COMPLETED"


def test_the_request_for_a_plain_link_is_committed_before_it_is_sent(shop):
    requests = refuse_links(shop, "no")
    order = shop.request()

    with shop.app.app_context():
        check_payments()

    assert len(requests) == 1
    assert shop.payment(order).is_plain_link
    assert shop.payment(order).state == "created"


def refuse_links(shop, description):
    """Refuse every link in these words; return the requests."""
    requests = []

    def refuse(request):
        requests.append(request)
        return Refused(description)

    shop.app.extensions["razorpay"].create_link = refuse
    return requests


@pytest.mark.parametrize(
    "description",
    ["amount exceeds maximum amount allowed.", "in words that nobody knows", ""],
)
def test_a_refusal_of_the_plain_link_is_final(shop, description):
    requests = refuse_links(shop, description)
    order = shop.request(amount="99999999.99")

    shop.work()

    payment = shop.payment(order)
    assert [bool(request.customer) for request in requests] == [True, False]
    assert (payment.status, payment.reason) == ("FAILED", description)
    assert shop.published(order) == [{"order_id": order, "reason": "failed"}]


def test_a_duplicate_in_other_words_is_found_by_its_reference(shop):
    order = shop.request()
    with shop.app.app_context():
        work = Context()
        payment = read_payment(work, shop.payment(order).id)
        work.razorpay.create_link(link_request(work, payment))
    refuse_links(shop, "you have been here before")

    shop.work()

    assert shop.payment(order).state == "issued"
    assert len(shop.ledger("links")) == 1


def test_words_of_a_duplicate_about_a_customers_field_end_no_sale(shop):
    shop.control("account", refuse_fields="a customer of this contact already exists")

    order = shop.issued()

    assert shop.payment(order).is_plain_link


ACCOUNT_PROBLEMS = {
    "suspended": "account_suspended",
    "live_mode_off": "live_mode_off",
    "not_enabled": "not_enabled",
    "key_refused": "key_refused",
    "address_not_allowed": "address_not_allowed",
    "address_blocked": "address_blocked",
    "maintenance": "maintenance",
    "link_quota": "link_quota",
}


def alerts(caplog):
    return [r.msg["cause"] for r in caplog.records if "'alert': True" in str(r.msg)]


@pytest.mark.parametrize("mode", ACCOUNT_PROBLEMS)
def test_a_problem_of_the_account_ends_no_sale(shop, caplog, mode):
    shop.control("account", mode=mode)
    orders = [shop.request(), shop.request()]

    for _ in range(3):
        shop.make_due()
        shop.work()
    states = {shop.payment(order).state for order in orders}
    shop.control("account", mode="active")
    shop.make_due()
    shop.work()

    assert states == {"created"}
    assert {shop.payment(order).state for order in orders} == {"issued"}
    assert alerts(caplog) == [ACCOUNT_PROBLEMS[mode]]


def test_a_problem_of_the_account_ends_with_the_orders_own_deadline(shop, pass_time):
    shop.control("account", mode="suspended")
    order = shop.request()
    shop.work()

    pass_time(timedelta(minutes=15, seconds=1))
    shop.make_due()
    shop.work()

    payment = shop.payment(order)
    assert (payment.status, payment.reason) == (
        "FAILED",
        "no link could be created in time",
    )
    assert shop.published(order) == [{"order_id": order, "reason": "failed"}]


@pytest.mark.parametrize("seconds", [61, 600])
def test_an_order_gets_its_link_although_our_clock_is_behind(shop, caplog, seconds):
    shop.control("account", clock=seconds)  # Razorpay's clock is right, ours is not

    order = shop.request()
    for _ in range(2):
        shop.work()
        shop.make_due()
    shop.work()

    assert shop.payment(order).state == "issued"
    [link] = shop.ledger("links")
    left = link["expire_by"] - (clock.now().timestamp() + seconds)
    assert 15 * 60 < left <= 16 * 60 + 2
    assert alerts(caplog) == ["clock"]


def test_once_the_clocks_are_compared_a_link_lives_as_long_as_it_should(shop):
    shop.control("account", clock=-600)  # our clock is ahead
    shop.issued()

    second = shop.issued()

    [link] = [one for one in shop.ledger("links") if one["id"] == shop.link(second)]
    left = link["expire_by"] - (clock.now().timestamp() - 600)
    assert 15 * 60 < left <= 16 * 60 + 2


@pytest.mark.parametrize("name", ["create_link", "find_link"])
def test_a_payment_whose_attempts_raise_ends_with_the_orders_deadline(
    shop, pass_time, monkeypatch, name
):
    def fail(*_):
        raise UnicodeEncodeError("latin-1", "", 0, 1, "a secret with U+200B")

    order, other = shop.request(), shop.request()
    broken = shop.payment(order).receipt
    service = shop.app.extensions["razorpay"]
    real = getattr(service, name)

    def call(argument):
        receipt = getattr(argument, "reference_id", argument)
        return fail() if receipt == broken else real(argument)

    with monkeypatch.context() as all_fail:
        all_fail.setattr(service, "create_link", fail, raising=False)
        shop.work()
    monkeypatch.setattr(service, name, call, raising=False)
    shop.make_due()
    shop.work()
    assert shop.payment(other).state == "issued"
    assert shop.payment(order).state == "created"

    pass_time(timedelta(minutes=15, seconds=1))
    shop.make_due()
    shop.work()

    assert shop.payment(order).status == "FAILED"
    assert shop.published(order) == [{"order_id": order, "reason": "failed"}]


def test_a_call_that_raises_is_no_definite_answer(shop, caplog):
    service = shop.app.extensions["razorpay"]
    service._auth = ("rzp_test_x", "\u201csecret\u201d")
    order = shop.request()

    shop.work()

    assert shop.payment(order).state == "created"
    assert alerts(caplog) == ["call_failed"]


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
