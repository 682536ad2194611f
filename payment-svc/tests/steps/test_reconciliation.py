"""A poll reconciles the payment with what Razorpay shows."""

import dataclasses
from datetime import timedelta

import pytest

from chassis import clock
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.jobs import check_payments
from payment_svc.models import Payment
from payment_svc.steps import Context, poll, read_payment


def test_an_expired_link_closes_its_payment(shop):
    order = shop.issued()
    shop.control(f"links/{shop.link(order)}/expire")

    shop.make_due()
    shop.work()

    assert shop.payment(order).status == "EXPIRED"
    assert shop.published(order, "payment.closed") == [
        {"order_id": order, "reason": "expired"}
    ]


@pytest.mark.parametrize(
    ("passed", "is_seen"),
    [(timedelta(minutes=59), False), (timedelta(hours=1, seconds=1), True)],
)
def test_a_capture_after_the_end_is_found_an_hour_later(
    shop, pass_time, passed, is_seen
):
    order = shop.issued()
    shop.close(order)
    shop.work()
    shop.pay(order, late=True)

    pass_time(passed)
    shop.work()

    assert ("payment.captured" in shop.kinds(order)) is is_seen


def test_a_second_payment_on_one_link_is_a_row_of_its_own(shop):
    order = shop.captured()
    shop.settle(order)
    again = shop.pay(order, again=True)

    shop.make_due()
    shop.work()
    shop.make_due()
    shop.work()

    first, extra = shop.payment(order), shop.payment(order, "EXTRA")
    assert extra.razorpay_payment_id == again["id"]
    assert extra.extra_of == first.id
    assert extra.razorpay_payment_link_id is None
    assert extra.razorpay_order_id is None
    captures = shop.published(order, "payment.captured")
    assert [event["payment_id"] for event in captures] == [first.id, extra.id]
    shop.check_books()


def test_a_failed_attempt_leaves_the_link_open(shop):
    import requests

    order = shop.issued()
    requests.post(f"{shop.payment(order).razorpay_short_url}/fail", timeout=5)

    shop.make_due()
    shop.work()

    assert shop.payment(order).state == "issued"


def test_money_that_is_only_authorised_is_no_capture(shop):
    order = shop.issued()
    shop.pay(order, capture=False)

    shop.make_due()
    shop.work()

    assert shop.payment(order).state == "issued"


@pytest.mark.parametrize("state", ["issued", "closing", "closed"])
def test_a_wrong_amount_puts_a_payment_under_review_and_publishes_that(shop, state):
    order = shop.issued()
    if state == "closed":
        shop.close(order)
        shop.work()
    shop.pay(order, amount=100, late=state == "closed")
    if state == "closing":
        shop.close(order)

    shop.make_due()
    shop.work()

    payment = shop.payment(order)
    assert (payment.state, payment.status) == ("under_review", "PENDING")
    assert "payment.captured" not in shop.kinds(order)
    assert shop.published(order, "payment.under_review") == [
        {
            "order_id": order,
            "payment_id": payment.id,
            "amount": "1.00",
            "currency": "INR",
            "reason": "The customer paid 1.00 INR, not 499.00 INR.",
        }
    ]


def test_a_right_capture_beside_one_under_review_reaches_the_order(shop):
    order = shop.issued()
    shop.pay(order, amount=100)
    shop.make_due()
    shop.work()
    shop.pay(order, again=True, amount=49900)

    with shop.app.app_context():
        work = Context()
        poll(work, read_payment(work, shop.payment(order).id))

    [event] = shop.published(order, "payment.captured")
    assert event["payment_id"] == shop.payment(order, "EXTRA").id
    assert shop.payment(order).state == "under_review"


def test_no_answer_changes_nothing_and_is_asked_for_again(shop, sandbox):
    order = shop.issued()
    service = shop.app.extensions["razorpay"]
    real, service._base_url = service._base_url, "http://127.0.0.1:9"
    del service._threads.client
    shop.make_due()
    shop.work()
    assert shop.payment(order).state == "issued"
    assert shop.payment(order).next_check_at is not None
    service._base_url = real
    del service._threads.client
    shop.pay(order)

    shop.make_due()
    shop.work()

    assert shop.payment(order).state == "captured"


def test_a_snapshot_applied_twice_changes_nothing_the_second_time(shop):
    order = shop.captured()
    before = shop.payment(order)

    for _ in range(3):
        shop.make_due()
        shop.work()

    assert len(shop.rows(Payment)) == 1
    assert shop.payment(order).updated_at == before.updated_at
    assert len(shop.published(order, "payment.captured")) == 1


@pytest.mark.parametrize("answer", [Unknown("lost"), Refused("no")])
def test_a_payment_is_not_closed_while_its_captures_cannot_be_read(shop, answer):
    """A link can be expired and paid at once: the late payment must be read first."""
    order = shop.issued()
    shop.control(f"links/{shop.link(order)}/expire")
    shop.pay(order, late=True)
    service = shop.app.extensions["razorpay"]
    service.payments_of = lambda _: answer

    for _ in range(2):
        shop.make_due()
        shop.work()
    assert shop.payment(order).state == "issued"
    del service.payments_of
    shop.make_due()
    shop.work()

    assert shop.payment(order).state == "captured"
    assert shop.kinds(order) == ["payment.link_ready", "payment.captured"]


def test_pauses_towards_razorpay_grow_with_each_attempt(shop):
    order = shop.issued()
    shop.app.extensions["razorpay"].fetch_link = lambda _: Unknown("lost")
    pauses = []
    for _ in range(8):
        shop.make_due()
        before = clock.now()
        with shop.app.app_context():
            check_payments()
        due = shop.payment(order).next_check_at
        pauses.append((due - before).total_seconds())

    # Half a second, doubled with each attempt, at most a minute; jitter halves it.
    most = [min(0.5 * 2**attempt, 60) for attempt in range(1, 9)]
    assert all(
        high / 2 <= pause < high + 5 for pause, high in zip(pauses, most, strict=True)
    ), pauses


def test_a_capture_in_another_currency_waits_for_a_review(shop):
    """The same number in another currency is another amount."""
    order = shop.issued()
    shop.pay(order)
    service = shop.app.extensions["razorpay"]
    real = service.payments_of

    def in_dollars(order_id):
        [one] = real(order_id).value
        return Done((dataclasses.replace(one, currency="USD"),))

    service.payments_of = in_dollars
    shop.make_due()
    shop.work()

    payment = shop.payment(order)
    assert payment.state == "under_review"
    assert (payment.captured_currency, payment.status) == ("USD", "PENDING")
    assert "payment.captured" not in shop.kinds(order)


def test_a_link_in_another_currency_is_not_ours(shop):
    order = shop.request()
    service = shop.app.extensions["razorpay"]
    real = service.create_link

    def in_dollars(request):
        return Done(dataclasses.replace(real(request).value, currency="USD"))

    service.create_link = in_dollars
    shop.work()

    payment = shop.payment(order)
    assert (payment.status, payment.reason) == ("FAILED", "the link has another amount")
    assert shop.kinds(order) == ["payment.closed"]
