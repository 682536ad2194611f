"""Where Razorpay can send webhooks."""

import pytest

from payment_svc.razorpay.registration import Registration, address_problem
from payment_svc.razorpay.webhook_events import USED


@pytest.mark.parametrize(
    "url",
    [
        "https://pay.shop.example/payments/webhook/",
        "http://pay.shop.example:80/x",
        "https://93.184.216.34/x",
    ],
)
def test_a_public_address_is_accepted(url):
    assert address_problem(url) == ""


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://127.0.0.1:8003/x", "127.0.0.1"),
        ("http://localhost/x", "localhost"),
        ("http://[::1]/x", "::1"),
        ("https://10.0.0.7/x", "10.0.0.7"),
        ("https://payment-svc/x", "payment-svc"),
        ("https://pay.internal/x", "pay.internal"),
        ("https://pay.shop.example:8443/x", "8443"),
        ("https://a.ngrok.io/x", "a.ngrok.io"),
        ("https://a.shop.example/" + "x" * 255, "255"),
    ],
)
def test_an_address_that_razorpay_refuses_or_cannot_reach_is_named(url, word):
    assert word in address_problem(url)


def test_events_that_are_not_selected_are_missing():
    found = Registration(
        "https://x.example/", True, USED - {"order.paid", "refund.failed"}
    )

    assert found.missing == ["order.paid", "refund.failed"]
