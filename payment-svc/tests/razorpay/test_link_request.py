"""The body of the request for a payment link."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from payment_svc.razorpay.link_request import PaymentLinkRequest


@pytest.mark.parametrize("customer", [{}, {"name": "Asha"}])
def test_amounts_are_in_paise_and_an_empty_customer_is_left_out(customer):
    body = PaymentLinkRequest(
        reference_id="r",
        amount=Decimal("499.01"),
        currency="INR",
        expire_by=datetime(2026, 1, 1, tzinfo=UTC),
        description="Order 17",
        customer=customer,
        callback_url="http://127.0.0.1/",
        notes={"receipt": "r"},
    ).body()

    assert (body["amount"], body["expire_by"]) == (49901, 1767225600)
    assert body.get("customer", {}) == customer
    assert ("customer" in body) is bool(customer)
    assert (body["accept_partial"], body["reminder_enable"]) == (False, False)


def test_a_plain_request_has_neither_description_nor_customer_nor_notes():
    body = PaymentLinkRequest(
        reference_id="r",
        amount=Decimal("19.99"),
        currency="INR",
        expire_by=datetime(2026, 1, 1, tzinfo=UTC),
        callback_url="http://127.0.0.1/",
    ).body()

    assert not {"description", "customer", "notes"} & body.keys()
    assert (body["amount"], body["reference_id"]) == (1999, "r")
