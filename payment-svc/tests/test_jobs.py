"""What is forgotten, and what never is."""

import json
from datetime import timedelta

from payment_svc.jobs import prune
from payment_svc.managers import WebhookManager
from payment_svc.models import AuditLog, Payment, PaymentHistory, WebhookEvent
from payment_svc.razorpay.signatures import sign


def test_old_tombstones_and_webhooks_are_forgotten_payments_never(
    shop, client, sandbox, pass_time
):
    shop.close(1)
    order = shop.issued()
    shop.close(order)
    shop.work()
    headers = {"X-Razorpay-Signature": sign(b"{}", sandbox.webhook_secret)}
    client.post("/payments/webhook/", data=b"{}", headers=headers)
    shop.work()

    for days, tombstones, webhooks in ((13, 1, 1), (2, 0, 1), (16, 0, 0)):
        pass_time(timedelta(days=days))
        with shop.app.app_context():
            prune()

        assert len(shop.rows(Payment)) == 1 + tombstones
        assert len(shop.rows(AuditLog)) == 1 + tombstones
        assert len(shop.rows(WebhookEvent)) == webhooks
    assert {row.payment_id for row in shop.rows(PaymentHistory)} == {
        shop.payment(order).id
    }


def test_an_event_that_cannot_be_handled_holds_up_no_other(
    shop, client, sandbox, monkeypatch
):
    order = shop.issued()
    shop.pay(order)
    real = WebhookManager.process

    def process(self, row):
        if row.body == b"[]":
            raise ValueError
        real(self, row)

    monkeypatch.setattr(WebhookManager, "process", process)
    entity = {"id": shop.link(order)}
    good = {"event": "x", "payload": {"payment_link": {"entity": entity}}}
    for body in (b"[]", json.dumps(good).encode()):
        headers = {"X-Razorpay-Signature": sign(body, sandbox.webhook_secret)}
        client.post("/payments/webhook/", data=body, headers=headers)

    shop.work()

    assert [row.result for row in shop.rows(WebhookEvent)] == ["failed", "woken"]
    assert shop.payment(order).state == "captured"
