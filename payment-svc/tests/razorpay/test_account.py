"""The account is read with Razorpay's client."""

import pytest

from chassis.outcomes import Done
from payment_svc.razorpay import account
from payment_svc.razorpay_service import RazorpayService


@pytest.fixture
def razorpay(sandbox):
    return RazorpayService(sandbox.key_id, sandbox.key_secret, sandbox.url)


def test_links_and_payments_are_counted(razorpay):
    assert razorpay.read(account.count_links) == Done(0)
    assert razorpay.read(account.count_payments) == Done(0)


def test_the_registered_webhook_is_read(razorpay, sandbox):
    sandbox.set_webhook_url("http://127.0.0.1:9/")

    [found] = razorpay.read(account.registrations).value

    assert found.url == "http://127.0.0.1:9/"
    assert found.is_active
    assert found.missing == []
