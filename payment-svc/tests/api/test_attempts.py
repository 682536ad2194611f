"""Attempts to pay: staff see the error, customers read plain words."""

import pytest


@pytest.fixture
def refused(shop):
    """Return an order with an attempt that was refused."""
    order = shop.issued()
    shop.control(
        f"links/{shop.link(order)}/fail",
        method="card",
        reason="card_declined",
        step="payment_authorization",
        source="issuer_bank",
    )
    shop.make_due()
    shop.work()
    return order


def attempts(shop, order, who):
    path = f"/payments/{shop.payment(order).id}/attempts/"
    return shop.call("GET", path, who).json["data"]


def test_staff_see_why_an_attempt_was_refused(shop, staff, refused):
    [seen] = attempts(shop, refused, staff)

    assert (seen["status"], seen["method"]) == ("failed", "card")
    assert (seen["amount"], seen["currency"]) == ("499.00", "INR")
    assert seen["error"] == {
        "code": "BAD_REQUEST_ERROR",
        "reason": "card_declined",
        "step": "payment_authorization",
        "source": "issuer_bank",
        "description": "Payment failed",
    }
    assert seen["attempted_at"]


def test_the_customer_reads_it_in_plain_words(shop, tokens, refused):
    [seen] = attempts(shop, refused, tokens.user(1))

    assert seen["message"] == (
        "The bank declined the payment. No money was taken. "
        "Try again or use another method."
    )
    assert seen["error"] is None


def test_a_refused_attempt_changes_nothing_and_the_next_one_pays(shop, staff, refused):
    assert shop.payment(refused).state == "issued"

    shop.pay(refused, method="upi")
    shop.make_due()
    shop.work()

    assert shop.payment(refused).state == "captured"
    paid, failed = attempts(shop, refused, staff)
    assert (paid["status"], failed["status"]) == ("captured", "failed")
    assert (paid["vpa_handle"], paid["error"]) == ("razorpay", None)


def test_a_sync_stores_attempts_at_once(shop, staff):
    order = shop.issued()
    shop.control(f"links/{shop.link(order)}/fail")

    shop.call("POST", f"/payments/{shop.payment(order).id}/sync/", staff)

    assert len(attempts(shop, order, staff)) == 1
