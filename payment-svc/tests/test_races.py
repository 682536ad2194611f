"""Two at the same moment: whoever comes first, the books are right after both."""

import threading

import pytest

from chassis.outcomes import Done
from payment_svc.jobs import check_payments
from payment_svc.models import Payment
from payment_svc.steps import Context, poll, read_payment


def together(*works):
    """Run the works at the same moment; raise what any of them raised."""
    start, raised = threading.Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def in_app(app, work):
    def run():
        with app.app_context():
            work()

    return run


@pytest.mark.parametrize("again", range(3))
def test_a_cancel_and_a_payment_end_in_one_truth(shop, again):
    order = shop.issued()
    link = shop.link(order)

    def pay():
        import requests

        requests.post(f"{shop.razorpay}/control/links/{link}/pay/", json={}, timeout=5)

    together(pay, lambda: shop.close(order), in_app(shop.app, check_payments))
    for _ in range(3):
        shop.make_due()
        shop.work()

    captures = [p for p in shop.ledger("payments") if p["status"] == "captured"]
    wanted = "captured" if captures else "closed"
    assert shop.payment(order).state == wanted
    assert not any(one["payable"] for one in shop.ledger("links"))
    shop.check_books()


def test_one_capture_seen_by_four_at_once_is_one_capture(shop):
    order = shop.issued()
    shop.pay(order)
    payment_id = shop.payment(order).id

    def poll_once():
        work = Context()
        poll(work, read_payment(work, payment_id))

    together(*[in_app(shop.app, poll_once) for _ in range(4)])

    assert len(shop.rows(Payment)) == 1
    assert len(shop.published(order, "payment.captured")) == 1
    shop.check_books()


def test_two_workers_make_one_link(shop):
    orders = [shop.request() for _ in range(3)]

    together(*[in_app(shop.app, check_payments) for _ in range(2)])
    shop.work()

    assert len(shop.ledger("links")) == 3
    assert {shop.payment(order).state for order in orders} == {"issued"}
    assert all(shop.kinds(order) == ["payment.link_ready"] for order in orders)


def test_an_order_asked_for_twice_at_once_has_one_payment(shop):
    together(*[lambda: shop.request(4711) for _ in range(4)])

    assert len(shop.rows(Payment)) == 1


def test_a_close_that_overtakes_a_create_leaves_no_open_link(shop):
    order = shop.request()
    service = shop.app.extensions["razorpay"]
    real = service.create_link

    def slow(request):
        """Answer after another worker has closed the payment."""
        del service.create_link
        shop.close(order)
        service.find_link = lambda _: Done(None)  # the create is still on its way
        with shop.app.app_context():
            check_payments()
        del service.find_link
        assert shop.payment(order).state == "closed"
        return real(request)

    service.create_link = slow

    shop.work()

    assert shop.payment(order).state == "closed"
    assert [link["status"] for link in shop.ledger("links")] == ["cancelled"]
    shop.check_books()
