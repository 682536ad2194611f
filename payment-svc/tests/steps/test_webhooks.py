"""The worker's step for a stored webhook."""

import json

from payment_svc.managers import webhooks
from payment_svc.models import WebhookEvent


def test_a_webhook_that_raises_is_failed_and_holds_up_no_other(
    shop, send_webhook, monkeypatch
):
    order = shop.issued()
    shop.pay(order)
    real = webhooks.process

    def process(session, row, payload):
        if row.body == b"[]":
            raise ValueError
        return real(session, row, payload)

    monkeypatch.setattr(webhooks, "process", process)
    entity = {"id": shop.link(order)}
    good = {
        "event": "payment_link.paid",
        "payload": {"payment_link": {"entity": entity}},
    }
    for body in (b"[]", json.dumps(good).encode()):
        send_webhook(body)

    shop.work()

    assert [row.result for row in shop.rows(WebhookEvent)] == ["failed", "matched"]
    assert shop.payment(order).state == "captured"
