"""Razorpay's refunds of a capture are matched with the stored ones."""

from decimal import Decimal

import pytest

from payment_svc.models import PaymentState, RefundReason
from payment_svc.razorpay.types import ProviderPayment, ProviderRefund


@pytest.fixture
def payment(a_payment):
    return a_payment(PaymentState.CAPTURED)


def seen(refund_id="rfnd_1", amount="100.00", status="processed", **fields):
    return ProviderRefund(refund_id, Decimal(amount), status, None, **fields)


def apply(work, payment, *found):
    work.provider_refunds.apply(payment.id, payment.razorpay_payment_id, found)
    rows = work.refunds.list(payment.id)
    return [(row.reason, row.razorpay_refund_id, row.state) for row in rows]


def captured(payment, refunded):
    return ProviderPayment(
        id=payment.razorpay_payment_id,
        amount=payment.captured_amount,
        currency="INR",
        status="captured",
        is_captured=True,
        created_at=0,
        amount_refunded=refunded,
    )


@pytest.mark.parametrize("status", ["pending", "processed"])
def test_an_unknown_refund_was_made_at_razorpay(work, payment, status):
    assert apply(work, payment, seen(status=status)) == [
        (RefundReason.PROVIDER, "rfnd_1", status)
    ]


def test_a_refund_is_inserted_once(work, payment):
    once = apply(work, payment, seen())

    assert apply(work, payment, seen()) == once


def test_a_failed_refund_has_returned_nothing(work, payment):
    assert apply(work, payment, seen(status="failed")) == []


def test_the_notes_name_a_refund_whose_receipt_is_missing(work, payment):
    amount = Decimal("100.00")
    ours = work.refunds.request(payment, amount, RefundReason.STAFF, 1)
    work.refund_attempts.prepare(ours.id, [])

    assert apply(work, payment, seen(key=ours.key)) == [
        (RefundReason.STAFF, "rfnd_1", "processed")
    ]


@pytest.mark.parametrize(
    "fields",
    [{"amount": "499.01"}, {"currency": "USD"}, {"payment_id": "pay_of_another"}],
)
def test_what_cannot_be_a_refund_of_the_capture_moves_nothing(work, payment, fields):
    assert apply(work, payment, seen(**fields)) == []
    assert payment.amount_refunded == 0


@pytest.mark.parametrize(
    ("refunded", "differs"),
    [(None, False), ("0.00", False), ("100.00", True)],
)
def test_a_capture_differs_when_another_amount_is_refunded(
    work, payment, refunded, differs
):
    found = captured(payment, None if refunded is None else Decimal(refunded))

    expected = [(payment.id, found)] if differs else []
    assert work.provider_refunds.differing([found]) == expected
