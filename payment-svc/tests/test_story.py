"""Whole lives of a payment, against the sandbox."""


def test_a_requested_payment_gets_a_link_and_is_captured_without_any_webhook(shop):
    order = shop.issued()
    [ready] = shop.said(order, "payment.link_ready")

    shop.pay(order)
    shop.make_due()
    shop.work()

    payment = shop.payment(order)
    assert ready["short_url"] == payment.razorpay_short_url
    assert (payment.state, payment.status) == ("captured", "COMPLETED")
    assert shop.said(order, "payment.captured") == [
        {
            "order_id": order,
            "payment_id": payment.id,
            "razorpay_payment_id": payment.razorpay_payment_id,
            "amount": "499.00",
            "currency": "INR",
        }
    ]
    shop.check_books()
