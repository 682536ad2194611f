"""What a report means for the order as it stands."""

from decimal import Decimal
from typing import Any

import pytest

from chassis.state_machine import Trigger
from order_svc.managers import Mismatch
from order_svc.managers.triggers import (
    ORDER_SVC,
    PAYMENT_SVC,
    PRODUCT_SVC,
    classify_capture,
    classify_reservation,
    is_message,
)
from order_svc.models import Order, OrderState, OrderTrigger

PRICE = Decimal("998.00")


def order(**columns: Any) -> Order:
    usual = {"id": 1, "total_price": PRICE, "currency": "INR", "payment_id": None}
    return Order(**{**usual, **columns})


def capture(**data: Any) -> dict[str, Any]:
    return {"payment_id": 7, "amount": PRICE, "currency": "INR", **data}


@pytest.mark.parametrize(
    ("source", "expected"),
    [(PAYMENT_SVC, True), (PRODUCT_SVC, False), (ORDER_SVC, False)],
)
def test_only_payment_svc_reports_by_message(source: str, expected: bool) -> None:
    assert is_message(Trigger("x", source)) is expected


@pytest.mark.parametrize(
    ("state", "total", "expected"),
    [
        (OrderState.PLACED, "1.00", OrderTrigger.RESERVED),
        (OrderState.PLACED, "99999999.99", OrderTrigger.RESERVED),
        (OrderState.PLACED, "0.99", OrderTrigger.OUT_OF_RANGE),
        (OrderState.PLACED, "100000000.00", OrderTrigger.OUT_OF_RANGE),
        (OrderState.CANCELLED, "0.99", OrderTrigger.RESERVED),
    ],
)
def test_a_total_that_cannot_be_paid_is_out_of_range_while_the_order_is_placed(
    state: OrderState, total: str, expected: OrderTrigger
) -> None:
    assert classify_reservation(Order(state=state), Decimal(total)) == expected


@pytest.mark.parametrize(
    ("own", "is_refunded", "expected"),
    [
        (None, False, OrderTrigger.CAPTURED),
        (7, False, OrderTrigger.CAPTURED),
        (8, False, OrderTrigger.EXTRA_CAPTURED),
        (8, True, OrderTrigger.CAPTURED),
    ],
)
def test_the_first_capture_is_the_orders_own_payment(
    own: int | None, is_refunded: bool, expected: OrderTrigger
) -> None:
    paid = order(payment_id=own)

    assert classify_capture(paid, capture(), is_refunded=is_refunded) == expected


@pytest.mark.parametrize("wrong", [{"amount": Decimal(1)}, {"currency": "USD"}])
def test_a_capture_that_does_not_fit_the_price_is_a_mismatch(wrong: Any) -> None:
    with pytest.raises(Mismatch, match="Payment 7 of order 1"):
        classify_capture(order(), capture(**wrong), is_refunded=False)


@pytest.mark.parametrize(
    ("columns", "data"),
    [
        ({"total_price": Decimal(0)}, {}),  # no price yet: all of it is refunded
        ({}, {"accepted": True}),
        ({"payment_id": 7}, {}),
    ],
)
def test_an_amount_that_is_accepted_or_known_or_before_the_price_is_taken(
    columns: Any, data: Any
) -> None:
    wrong = capture(amount=Decimal(1), **data)

    found = classify_capture(order(**columns), wrong, is_refunded=False)

    assert found == OrderTrigger.CAPTURED
