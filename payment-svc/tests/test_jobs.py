"""What the jobs delete, and what they keep."""

from datetime import timedelta

from chassis import retention
from payment_svc.models import AuditLog, Payment, PaymentHistory, WebhookEvent
from payment_svc.razorpay.signatures import sign


def test_old_tombstones_and_webhooks_are_deleted_payments_never(
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
            retention.prune()

        assert len(shop.rows(Payment)) == 1 + tombstones
        assert len(shop.rows(AuditLog)) == 1 + tombstones
        assert len(shop.rows(WebhookEvent)) == webhooks
    assert {row.payment_id for row in shop.rows(PaymentHistory)} == {
        shop.payment(order).id
    }
