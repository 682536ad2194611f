"""An undocumented shape is no answer."""

import pytest

from chassis.outcomes import Unknown
from payment_svc.razorpay import entities

PAYMENT = {"id": "pay_Sb1RfW8nVc40Ub", "amount": 49900, "currency": "INR"}


@pytest.mark.parametrize(
    ("status", "captured", "is_captured"),
    [
        ("captured", True, True),
        ("refunded", True, True),
        ("refunded", None, False),
        ("authorized", False, False),
        ("failed", True, False),
    ],
)
def test_a_payment_counts_as_captured_by_its_status(status, captured, is_captured):
    entity = {**PAYMENT, "status": status, "captured": captured}

    assert entities.read_payment(entity).is_captured is is_captured


@pytest.mark.parametrize(
    "change",
    [
        {"id": "pay_1"},
        {"id": None},
        {"amount": "49900"},
        {"amount": True},
        {"amount": -1},
        {"amount": 10**10},
        {"currency": "RUPEE"},
        {"status": 1},
    ],
)
def test_a_payment_of_another_shape_is_no_answer(change):
    with pytest.raises(Unknown):
        entities.read_payment({**PAYMENT, "status": "captured", **change})


@pytest.mark.parametrize("found", [{}, {"items": None}, {"items": [1]}])
def test_a_collection_without_its_items_is_no_answer(found):
    with pytest.raises(Unknown):
        entities.read_items(found)
