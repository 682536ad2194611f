"""The columns of a requested payment."""

from decimal import Decimal

import pytest

from chassis import clock
from payment_svc.managers import PaymentRequest


@pytest.mark.parametrize("phone", [None, "+919812345670"])
def test_the_customer_becomes_columns(phone):
    customer = {"name": "Asha", "email": "asha@shop.example"}
    if phone:
        customer["phone"] = phone

    columns = PaymentRequest(
        order_id=17,
        amount=Decimal("499.00"),
        currency="INR",
        user_id=None,
        customer=customer,
        placed_at=clock.now(),
    ).columns()

    assert columns["order_id"] == "17"
    assert (columns["customer_name"], columns["customer_phone"]) == ("Asha", phone)
    assert columns["customer_email"] == "asha@shop.example"
