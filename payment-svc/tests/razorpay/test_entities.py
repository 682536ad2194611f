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


def test_every_amount_has_its_exact_number_of_paise():
    """As floats 573 of the first 10,000 amounts lose a paisa: 19.99 becomes 1998."""
    wrong = [n for n in range(1, 100_001) if entities.paise(Decimal(n) / 100) != n]

    assert wrong == []
    assert entities.paise(Decimal("19.99")) == 1999
    assert entities.paise(Decimal("99999999.99")) == 9_999_999_999


REGISTERED = {
    "id": "Sb0DemoWebhook",
    "url": "https://pay.shop.example/payments/webhook/",
    "active": True,
    "events": {"payment.captured": True, "order.paid": False},
}


def test_a_registered_webhook_has_the_events_that_are_selected():
    found = entities.read_registration(REGISTERED)

    assert (found.url, found.is_active) == (REGISTERED["url"], True)
    assert found.events == {"payment.captured"}


def test_events_of_another_shape_are_no_answer():
    with pytest.raises(Unknown):
        entities.read_registration({**REGISTERED, "events": ["order.paid"]})
