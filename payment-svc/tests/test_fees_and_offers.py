"""Captures of another amount, as Razorpay makes them: a fee, an offer, and the review.

Row 6 of the table: 1483.19 or 1439.00 is captured for a link of 1449.00.
"""

from decimal import Decimal

import pytest

from payment_svc.models import Payment

AMOUNT = {"amount": "1449.00"}


def see(shop, order):
    """Let the worker poll the order's payment; return it."""
    shop.make_due()
    shop.work()
    return shop.payment(order)


@pytest.fixture
def bearing(make, shop_on, sandbox):
    """Return a shop whose customers bear Razorpay's fees."""
    return shop_on(make(CUSTOMER_BEARS_FEES="true", RAZORPAY_BASE_URL=sandbox.url))


def test_a_fee_is_reviewed_and_named_by_default(shop):
    order = shop.issued(**AMOUNT)
    shop.pay(order, fee=3419)

    payment = see(shop, order)

    assert (payment.state, payment.captured_amount) == (
        "under_review",
        Decimal("1483.19"),
    )
    assert payment.reason == "The customer paid a fee of 34.19 INR."
    [event] = shop.published(order, "payment.under_review")
    assert (event["amount"], event["reason"]) == ("1483.19", payment.reason)


def test_a_fee_settles_where_customers_bear_fees(bearing):
    order = bearing.issued(**AMOUNT)
    bearing.pay(order, fee=3419)

    payment = see(bearing, order)

    assert (payment.state, payment.status) == ("captured", "COMPLETED")
    [event] = bearing.published(order, "payment.captured")
    assert (event["amount"], event["accepted"]) == ("1483.19", True)
    assert "payment.under_review" not in bearing.kinds(order)
    bearing.settle(order)
    bearing.refund(order, "1483.19")  # all that was paid goes back
    bearing.work()
    assert bearing.payment(order).status == "REFUNDED"


def test_an_offer_stays_under_review_and_names_the_offer(bearing):
    order = bearing.issued(**AMOUNT)
    paid = bearing.pay(order, discount=1000)

    payment = see(bearing, order)

    assert (payment.state, payment.captured_amount) == ("under_review", 1439)
    offer = paid["offer_id"]
    assert payment.reason == f"The customer paid 10.00 INR less with the offer {offer}."


@pytest.mark.parametrize("message", ["close", "request"])
def test_a_review_is_published_again_as_the_answer_to_a_question(shop, message):
    order = shop.issued(**AMOUNT)
    shop.pay(order, fee=3419)
    see(shop, order)
    [first] = shop.published(order, "payment.under_review")

    for _ in range(2):
        ask = {"close": shop.close, "request": lambda o: shop.request(o, **AMOUNT)}
        ask[message](order)

    assert shop.published(order, "payment.under_review") == [first] * 3
    assert shop.payment(order).state == "under_review"


def test_an_extra_payment_under_review_is_not_published(shop):
    order = shop.captured()
    shop.settle(order)
    shop.pay(order, again=True, amount=100)

    see(shop, order)

    assert shop.payment(order, "EXTRA").state == "under_review"
    assert "payment.under_review" not in shop.kinds(order)
    assert len(shop.rows(Payment)) == 2


@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_the_end_of_a_review_is_published(shop, tokens, decision):
    order = shop.issued(**AMOUNT)
    shop.pay(order, fee=3419)
    payment = see(shop, order)

    path = f"/payments/{payment.id}/resolve/"
    body = {"decision": decision, "note": "looked at"}
    assert shop.call("POST", path, tokens.admin(), json=body).status_code == 200
    shop.work()

    if decision == "accept":
        [event] = shop.published(order, "payment.captured")
        assert (event["amount"], event["accepted"]) == ("1483.19", True)
    else:
        closed = {"order_id": order, "reason": "cancelled", "rejected": True}
        assert shop.published(order, "payment.closed") == [closed]
        shop.close(order)
        assert shop.published(order, "payment.closed") == [closed] * 2
        assert [str(r.amount) for r in shop.refunds(order)] == ["1483.19"]


def test_the_reason_is_shown_to_staff(shop, staff):
    order = shop.issued(**AMOUNT)
    shop.pay(order, fee=3419)
    payment = see(shop, order)

    shown = shop.call("GET", f"/payments/{payment.id}/", staff).json

    assert (shown["status"], shown["amount_captured"]) == ("PENDING", "1483.19")
    assert shown["reason"] == "The customer paid a fee of 34.19 INR."


def test_a_close_without_a_capture_is_not_marked_as_rejected(shop):
    order = shop.issued()
    shop.close(order)
    shop.work()

    [event] = shop.published(order, "payment.closed")
    assert event == {"order_id": order, "reason": "cancelled"}
