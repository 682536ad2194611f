"""Payments in JSON: what is loaded, and what is shown."""

import re
from decimal import Decimal

import pytest

from payment_svc.models import Payment, PaymentStatus
from payment_svc.schemas.payments import (
    PaymentLinkSchema,
    PaymentQuerySchema,
    PaymentSchema,
    ResolutionSchema,
)

LINK = {"order_id": 17, "amount": "499", "name": "Asha", "email": "a@shop.example"}


def test_a_link_is_loaded_with_the_fields_that_were_left_out():
    assert PaymentLinkSchema().load(LINK) == {
        "order_id": 17,
        "user_id": None,
        "amount": Decimal("499.00"),
        "name": "Asha",
        "email": "a@shop.example",
        "phone": None,
    }


@pytest.mark.parametrize("field", LINK)
def test_a_link_needs_each_of_these_fields(field):
    body = {name: value for name, value in LINK.items() if name != field}

    assert list(PaymentLinkSchema().validate(body)) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "1.00"),
        ("email", "asha.rao+shop@mail.shop.example"),
        ("phone", "+919812345670"),
    ],
)
def test_a_valid_field_is_accepted(field, value):
    assert PaymentLinkSchema().validate({**LINK, field: value}) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "0.99"),
        ("email", "a@b"),
        ("email", "a@shop.example, b@shop.example"),
        ("email", f"{'x' * 65}@shop.example"),
        ("phone", "9812345670"),
        ("phone", "+0123456789"),
        ("phone", "+91981234567\u0660"),
        ("status", "COMPLETED"),
    ],
)
def test_a_wrong_field_is_named(field, value):
    assert list(PaymentLinkSchema().validate({**LINK, field: value})) == [field]


def test_a_payment_shows_the_order_s_id_as_a_number_and_money_as_text():
    payment = Payment(
        order_id="17", amount=Decimal("499.00"), captured_amount=None, status="PENDING"
    )

    shown = PaymentSchema(
        only=("order_id", "amount", "amount_captured", "status")
    ).dump(payment)

    assert shown == {
        "order_id": 17,
        "amount": "499.00",
        "amount_captured": None,
        "status": "PENDING",
    }


def test_a_list_has_every_payment_with_the_newest_first_by_default():
    loaded = PaymentQuerySchema().load({})

    assert (loaded["order_id"], loaded["status"]) == (None, None)
    assert loaded["sort"] == "-id"


@pytest.mark.parametrize("status", PaymentStatus)
def test_a_list_is_filtered_by_each_status(status):
    assert PaymentQuerySchema().load({"status": str(status)})["status"] == status


@pytest.mark.parametrize(
    "query", [{"status": "captured"}, {"order_id": "0"}, {"sort": "receipt"}]
)
def test_a_wrong_filter_is_named(query):
    assert list(PaymentQuerySchema().validate(query)) == list(query)


@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_a_review_ends_with_one_of_two_decisions(decision):
    body = {"decision": decision, "note": "The bank has confirmed."}

    assert ResolutionSchema().load(body) == body


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"decision": "keep", "note": "x"}, "decision"),
        ({"decision": ["accept"], "note": "x"}, "decision"),
        ({"decision": "accept"}, "note"),
        ({"decision": "accept", "note": "x" * 256}, "note"),
    ],
)
def test_a_decision_without_its_note_or_meaning_is_refused(body, wrong):
    assert list(ResolutionSchema().validate(body)) == [wrong]


@pytest.mark.parametrize("hidden", ["\u0001", "\u001b", "\u0085", "\u200b"])
def test_the_pattern_of_an_email_excludes_hidden_characters(hidden):
    pattern = PaymentLinkSchema().fields["email"].metadata["pattern"]

    assert re.search(pattern, "a@shop.example")
    assert not re.search(pattern, f"a{hidden}@shop.example")
    assert not re.search(pattern, f"a@shop.ex{hidden}ample")
