"""An undocumented shape is no answer."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chassis.outcomes import Unknown
from payment_svc.razorpay import entities
from payment_svc.razorpay.causes import BrokenList

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


def rows(*names):
    return [{"id": name} for name in names]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"count": 2, "items": rows("pay_1")}, "items has 1 of 2 entities"),
        ({"count": 1, "items": []}, "items has 0 of 1 entities"),
        ({"items": rows("pay_1", "pay_2", "pay_1")}, "items has an entity twice"),
    ],
)
def test_a_list_that_cannot_be_complete_is_broken(found, why):
    with pytest.raises(BrokenList, match=why):
        entities.read_items(found)


@pytest.mark.parametrize(
    "found",
    [
        {"count": 1, "items": rows("pay_1")},
        {"count": None, "items": rows("pay_1", "pay_2")},
        {"items": rows(None, None)},  # named as unreadable, one by one
    ],
)
def test_a_list_that_may_be_complete_is_read(found):
    assert entities.read_items(found) == found["items"]


DISPUTE = {
    "id": "disp_Sc1Hd7WnQv38Lx",
    "payment_id": "pay_Sb1RfW8nVc40Ub",
    "amount": 49900,
    "amount_deducted": 1000,
    "currency": "INR",
    "reason_code": "1061",
    "respond_by": 1768069800,
    "status": "open",
    "phase": "chargeback",
    "created_at": 1767600000,
    "evidence": {"amount": 49900},
}


def test_a_dispute_is_read():
    found = entities.read_dispute(DISPUTE)

    assert (found.id, found.payment_id) == (DISPUTE["id"], DISPUTE["payment_id"])
    assert (found.phase, found.status) == ("chargeback", "open")
    assert (found.amount, found.amount_deducted) == (Decimal("499"), Decimal("10"))
    assert (found.currency, found.reason_code) == ("INR", "1061")
    assert found.respond_by == datetime(2026, 1, 10, 18, 30, tzinfo=UTC)
    assert found.opened_at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [{"id": "pay_Sb1RfW8nVc40Ub"}, {"amount": "1"}, {"phase": None}, {"status": 1}],
)
def test_a_dispute_of_another_shape_is_no_answer(change):
    with pytest.raises(Unknown):
        entities.read_dispute({**DISPUTE, **change})


@pytest.mark.parametrize("value", [None, [], True, "\x00"])
def test_what_a_dispute_may_lack_does_not_hide_it(value):
    names = ("payment_id", "amount_deducted", "currency", "reason_code")
    missing = dict.fromkeys([*names, "respond_by", "created_at", "evidence"], value)

    found = entities.read_dispute({**DISPUTE, **missing})

    assert (found.payment_id, found.reason_code, found.currency) == ("", "", "INR")
    assert (found.amount_deducted, found.respond_by) == (Decimal("0.00"), None)


def test_a_payment_is_read_with_its_attempt():
    failed = {**PAYMENT, "status": "failed", "error_reason": "card_declined"}

    assert entities.read_payment(failed).attempt.error_reason == "card_declined"


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
