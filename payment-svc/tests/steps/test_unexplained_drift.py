"""What a run cannot explain is stored, named and alerted; nothing is overwritten."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock
from chassis.outcomes import Done
from payment_svc.models import Payment, PaymentHistory, ReconciliationDrift
from payment_svc.razorpay.link_request import PaymentLinkRequest

ALL, PART = "499.00", "300.00"


def foreign(shop, service):
    """Let another program with the same account take a payment; return it."""
    request = PaymentLinkRequest(
        reference_id="another-shop-1",
        amount=Decimal("75.00"),
        currency="INR",
        expire_by=clock.now() + timedelta(hours=1),
        callback_url="https://another.example/",
    )
    link = service.create_link(request).value
    return shop.control(f"links/{link.id}/pay")


def test_a_payment_of_another_shop_is_not_ours_and_alerted_once(
    shop, runs, service, alerts
):
    paid = foreign(shop, service)
    refund = shop.control(f"payments/{paid['id']}/refund", amount=1000)

    run = runs.all()
    again = runs.all()

    expected = [("not_ours", paid["id"]), ("not_ours", refund["id"])]
    assert runs.drift(run_id=run.id) == runs.drift(run_id=again.id) == expected
    assert (run.unexplained, again.unexplained) == (2, 2)
    assert len(alerts()) == 2  # one for each page of the first run
    assert shop.rows(Payment) == []
    seen = runs.dependency()
    assert (seen.ok, "2 differences" in seen.detail) == (False, True)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"amount": Decimal("498.00")}, "captured_amount"),
        ({"currency": "USD"}, "captured_amount"),
        ({"status": "failed", "is_captured": False}, "not_captured"),
    ],
)
def test_a_capture_that_differs_is_never_overwritten(
    shop, runs, lists, fields, kind, alerts
):
    order = shop.captured()

    def wrong(listing, _skip, page):
        if listing != "payments" or not page.items:
            return page
        [one] = page.items
        seen = replace(one, payment=replace(one.payment, **fields))
        return replace(page, items=(seen,))

    lists(wrong, is_true=True)
    before = shop.payment(order)

    run = runs.all()

    [row] = shop.rows(ReconciliationDrift)
    assert (row.kind, row.payment_id, row.done) == (kind, before.id, "alert")
    assert run.unexplained == 1
    after = shop.payment(order)
    assert (after.state, after.captured_amount) == ("captured", Decimal(ALL))
    assert after.version == before.version
    assert [one["kinds"] for one in alerts()] == [{kind: 1}]


def test_refunds_that_do_not_add_up_are_recorded_by_the_poll(
    shop, runs, service, elsewhere, alerted
):
    order = shop.captured()
    elsewhere(order, PART)
    runs.stop_polls()
    service.refunds_of = lambda _: Done(())

    runs.all()
    runs.all()

    [line] = shop.rows(PaymentHistory, trigger="refunds_unexplained")
    assert "but the sum of the refunds is 0.00" in line.reason
    events = alerted()
    assert "razorpay differs from our rows" in events  # the repair has not helped
    assert shop.payment(order).amount_refunded == 0


def test_a_refund_that_ended_in_another_way_is_alerted(shop, runs, lists, alerted):
    order = shop.captured()
    shop.refund(order, PART)
    shop.work()

    def failed(listing, _skip, page):
        items = page.items
        if listing == "refunds":
            items = tuple(replace(one, status="failed") for one in items)
        return replace(page, items=items)

    lists(failed, is_true=True)
    runs.all()

    [refund] = shop.refunds(order)
    assert runs.drift() == [("refund_ended", refund.razorpay_refund_id)]
    assert refund.state == "processed"
    assert alerted() == ["razorpay differs from our rows"]


def test_an_entity_that_cannot_be_read_hides_no_other(
    shop, runs, service, monkeypatch, elsewhere
):
    order = shop.captured()
    runs.stop_polls()
    real = service._client.payment.all

    def with_another(*args, **more):
        found = real(*args, **more)
        found["items"] = found["items"] and [{"id": "pay_\n1"}, *found["items"]]
        return found

    monkeypatch.setattr(service._client.payment, "all", with_another)
    elsewhere(order)

    runs.all()

    assert ("unreadable", "pay_?1") in runs.drift()
    assert shop.payment(order).status == "REFUNDED"
