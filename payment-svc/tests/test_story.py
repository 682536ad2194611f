"""Whole lives of a payment, against the sandbox."""

from chassis import clock, json, worker
from chassis.messaging import sqs as queue


def test_a_requested_payment_gets_a_link_and_is_captured_without_any_webhook(shop):
    order = shop.issued()
    [ready] = shop.published(order, "payment.link_ready")

    shop.pay(order)
    shop.make_due()
    shop.work()

    payment = shop.payment(order)
    assert ready["short_url"] == payment.razorpay_short_url
    assert (payment.state, payment.status) == ("captured", "COMPLETED")
    assert shop.published(order, "payment.captured") == [
        {
            "order_id": order,
            "payment_id": payment.id,
            "razorpay_payment_id": payment.razorpay_payment_id,
            "amount": "499.00",
            "currency": "INR",
        }
    ]
    shop.check_books()


def test_messages_come_by_a_queue_and_events_leave_by_one(app, shop, sqs):
    order = 4711
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/order-svc",
        "type": "payment.requested",
        "subject": f"orders/{order}",
        "data": {
            "order_id": order,
            "user_id": 1,
            "amount": "499.00",
            "currency": "INR",
            "customer": {"name": "Asha", "email": "asha@shop.example"},
            "placed_at": json.timestamp(clock.now()),
        },
    }
    body = json.dumps(event).decode()
    with app.app_context():
        queue.send("payment-commands", {"1": {"Id": "1", "MessageBody": body}})

    worker.drain(app)

    assert shop.payment(order).state == "issued"
    with app.app_context():
        [message] = queue.receive("order-events", 0)
        queue.remove("order-events", message)
        app.extensions.pop("sqs")
        app.extensions.pop("sqs_urls")
    event = json.loads(message["Body"].encode())
    assert (event["type"], event["subject"]) == ("payment.link_ready", "orders/4711")


def test_a_customer_who_pays_after_a_cancel_is_refunded(shop, client):
    order = shop.issued()
    shop.close(order)
    shop.work()
    shop.pay(order, late=True)
    shop.make_due()
    shop.work()

    shop.refund(order, "499.00", "cancelled")
    shop.settle(order, "refund")
    shop.work()

    assert shop.kinds(order) == [
        "payment.link_ready",
        "payment.closed",
        "payment.captured",
        "refund.processed",
    ]
    assert shop.payment(order).status == "REFUNDED"
    assert [refund["amount"] for refund in shop.ledger("refunds")] == [49900]
    shop.check_books()
