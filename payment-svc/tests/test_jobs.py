"""What the jobs check first, what they delete, and what they keep."""

import json
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from chassis import clock, leases, retention
from payment_svc.extensions import db
from payment_svc.jobs import CHECKS, LEASE, process_webhooks
from payment_svc.models import (
    AuditLog,
    Dispute,
    Payment,
    PaymentHistory,
    WebhookEvent,
)
from payment_svc.razorpay_service import RazorpayService

ROUTINE = 3  # payments whose polls are due by the clock


@pytest.fixture
def webhook(send_webhook):
    """Return `webhook(event, **entities)`: Razorpay delivers it."""

    def deliver(event, **entities):
        payload = {name: {"entity": entity} for name, entity in entities.items()}
        body = json.dumps({"event": event, "payload": payload}).encode()
        answer = send_webhook(body)
        assert answer.json == {"status": "stored"}

    return deliver


@pytest.fixture
def polled(monkeypatch):
    """Return the links that are fetched, in order."""
    real, found = RazorpayService.fetch_link, []

    def fetch(self, link_id):
        found.append(link_id)
        return real(self, link_id)

    monkeypatch.setattr(RazorpayService, "fetch_link", fetch)
    return found


@pytest.fixture
def busy(shop):
    """Return an order whose payment is captured, while routine polls are due."""
    for _ in range(ROUTINE):
        shop.issued()
    order = shop.captured()
    table = Payment.__table__
    due = {"next_check_at": clock.now() - timedelta(minutes=1)}
    with shop.app.app_context():
        others = table.c.order_id != str(order)
        db.session.execute(update(table).where(others).values(due))
        later = {"next_check_at": clock.now() + timedelta(hours=1)}
        db.session.execute(update(table).where(~others).values(later))
        db.session.commit()
    return order


def run(shop, name):
    with shop.app.app_context():
        return shop.app.extensions["work"].jobs[name].run()


def test_a_refund_with_a_webhook_waits_for_no_routine_poll(shop, busy, webhook, polled):
    capture = shop.payment(busy).razorpay_payment_id
    made = shop.control(f"payments/{capture}/refund")
    for event in ("refund.created", "refund.processed"):
        webhook(event, refund={"id": made["id"], "payment_id": capture})

    assert run(shop, "process webhooks") == 2

    assert polled == [shop.link(busy)]  # once, before all polls that are due
    [refund] = shop.refunds(busy)
    assert refund.razorpay_refund_id == made["id"]
    assert shop.payment(busy).status == "REFUNDED"
    assert "refund.processed" in shop.kinds(busy)  # for the relay

    assert run(shop, "check payments") == ROUTINE
    assert polled.count(shop.link(busy)) == 1


def test_a_dispute_with_a_webhook_is_fetched_at_once(shop, busy, webhook):
    capture = shop.payment(busy).razorpay_payment_id
    raised = shop.control(f"payments/{capture}/dispute")
    webhook("payment.dispute.created", dispute={"id": raised["id"]})

    run(shop, "process webhooks")

    [dispute] = shop.rows(Dispute)
    assert (dispute.status, dispute.amount) == ("open", Decimal("499.00"))


def test_a_delayed_poll_is_not_made_at_once(shop, busy, webhook, polled):
    capture = shop.payment(busy).razorpay_payment_id
    webhook("payment.failed", payment={"id": capture})

    run(shop, "process webhooks")

    assert polled == []


def test_a_row_that_the_turn_does_not_reach_stays_due(
    shop, busy, webhook, polled, monkeypatch
):
    capture = shop.payment(busy).razorpay_payment_id
    webhook("refund.processed", refund={"id": "rfnd_1", "payment_id": capture})
    moments = iter((0.0, leases.TURN + 1))
    slow = SimpleNamespace(monotonic=moments.__next__)
    monkeypatch.setitem(process_webhooks.__globals__, "time", slow)

    run(shop, "process webhooks")

    assert polled == []
    assert shop.payment(busy).next_check_at <= clock.now()


def test_a_check_that_raises_is_made_again_when_its_lease_ends(
    shop, busy, webhook, monkeypatch
):
    def fail(_):
        raise ValueError

    key, _ = CHECKS[Payment]
    monkeypatch.setitem(CHECKS, Payment, (key, fail))
    capture = shop.payment(busy).razorpay_payment_id
    webhook("refund.processed", refund={"id": "rfnd_1", "payment_id": capture})

    assert run(shop, "process webhooks") == 1

    pause = shop.payment(busy).next_check_at - clock.now()
    assert pause <= timedelta(seconds=LEASE)
    assert [row.result for row in shop.rows(WebhookEvent)] == ["matched"]


def test_old_tombstones_and_webhooks_are_deleted_payments_never(
    shop, send_webhook, pass_time
):
    shop.close(1)
    order = shop.issued()
    shop.close(order)
    shop.work()
    send_webhook(b"{}")
    shop.work()

    for days, tombstones, webhooks in ((13, 1, 1), (2, 0, 1), (16, 0, 0)):
        pass_time(timedelta(days=days))
        with shop.app.app_context():
            retention.prune()

        assert len(shop.rows(Payment)) == 1 + tombstones
        assert len(shop.rows(AuditLog)) == 1 + tombstones
        assert len(shop.rows(WebhookEvent)) == webhooks
    assert {row.payment_id for row in shop.rows(PaymentHistory)} == {
        shop.payment(order).id
    }
