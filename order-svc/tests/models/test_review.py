"""What a customer reads about a payment of another amount."""

from decimal import Decimal

from chassis import clock
from order_svc.models import Order


def order(**columns):
    received = {"review_amount": Decimal("1483.19"), "review_currency": "INR"}
    return Order(**{**received, **columns})


def test_an_order_without_a_review_has_no_notice():
    assert Order().notice is None


def test_a_payment_that_is_being_checked_need_not_be_paid_again():
    assert order(review_since=clock.now()).notice == (
        "We received 1483.19 INR for this order. Our staff are checking the amount. "
        "You do not need to pay again."
    )


def test_a_rejected_payment_is_being_refunded():
    assert order().notice == (
        "We received 1483.19 INR, which does not match this order. We are refunding it."
    )


def test_an_order_with_a_captured_payment_has_no_notice():
    assert order(review_since=clock.now(), payment_id=7).notice is None
