"""An undocumented shape is no answer."""

from decimal import Decimal

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


def captured(**fields):
    return entities.read_payment({**PAYMENT, "status": "captured", **fields})


def test_a_payment_names_its_fee_its_bearer_and_its_offer():
    found = captured(fee=3419, tax=522, fee_bearer="customer", offer_id="offer_1")

    assert (found.fee, found.tax) == (Decimal("34.19"), Decimal("5.22"))
    assert (found.fee_bearer, found.offer_id) == ("customer", "offer_1")


def test_an_offer_may_be_named_in_a_collection():
    assert captured(offers={"items": [{"id": "offer_2"}]}).offer_id == "offer_2"


@pytest.mark.parametrize("odd", [None, "", -1, "12", True, [], {}, {"items": [7]}])
def test_a_fee_or_an_offer_of_another_shape_is_left_out(odd):
    found = captured(
        fee=odd, tax=odd, fee_bearer=odd if odd != "12" else 12, offers=odd
    )

    assert (found.fee, found.tax) == (None, None)
    assert (found.fee_bearer, found.offer_id) == (None, None)
