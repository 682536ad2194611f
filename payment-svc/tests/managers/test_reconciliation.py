"""Reconciliation, while the payment changes during the call to Razorpay."""

import pytest

from chassis import leases
from payment_svc.extensions import db
from payment_svc.models import Payment


def test_a_poll_that_is_requested_during_a_poll_is_made(shop):
    order = shop.issued()
    service = shop.app.extensions["razorpay"]
    real = service.fetch_link

    def overtaken(link_id):
        seen = real(link_id)
        service.fetch_link = real
        shop.pay(order)
        leases.make_due(Payment, shop.payment(order).id)
        db.session.commit()
        return seen

    service.fetch_link = overtaken
    shop.make_due()
    shop.work()

    assert shop.payment(order).state == "captured"


def test_a_close_that_comes_while_the_link_is_made_cancels_it(shop):
    order = shop.request()
    service = shop.app.extensions["razorpay"]
    real = service.create_link

    def overtaken(request):
        made = real(request)
        shop.close(order)
        return made

    service.create_link = overtaken
    shop.work()

    assert shop.payment(order).status == "CANCELLED"
    assert [link["status"] for link in shop.ledger("links")] == ["cancelled"]
    assert shop.kinds(order) == ["payment.closed"]
    shop.check_books()


def test_a_payment_during_the_cancel_is_never_lost(shop):
    order = shop.issued()
    service = shop.app.extensions["razorpay"]
    real = service.cancel_link

    def overtaken(link_id):
        shop.pay(order)
        return real(link_id)

    service.cancel_link = overtaken
    shop.close(order)
    shop.work()

    assert shop.payment(order).state == "captured"
    assert shop.kinds(order) == ["payment.link_ready", "payment.captured"]
    shop.check_books()


@pytest.mark.parametrize("late", [1, 2, 3])
def test_each_further_payment_is_a_row_and_is_published_once(shop, late):
    order = shop.captured()
    for _ in range(late):
        shop.pay(order, again=True)

    for _ in range(2):
        shop.make_due()
        shop.work()

    rows = shop.rows(Payment, order_id=str(order))
    events = [one["payment_id"] for one in shop.published(order, "payment.captured")]
    assert sorted(events) == [row.id for row in rows]
    assert len(rows) == 1 + late
    shop.check_books()


def test_a_rejected_capture_does_not_count_beside_a_good_one(shop, tokens):
    order = shop.issued()
    shop.pay(order, amount=100)
    shop.make_due()
    shop.work()
    path = f"/payments/{shop.payment(order).id}/resolve/"
    body = {"decision": "refund", "note": "a rupee"}
    assert shop.call("POST", path, tokens.admin(), json=body).status_code == 200
    shop.work()
    good = shop.pay(order, again=True, amount=49900)

    for _ in range(3):
        shop.make_due()
        shop.work()

    [payment] = shop.rows(Payment)
    assert (payment.state, payment.razorpay_payment_id) == ("captured", good["id"])
    assert [event["amount"] for event in shop.published(order, "payment.captured")] == [
        "499.00"
    ]
    shop.check_books()
