"""A page of Razorpay's payments, compared with rows in any state."""

from decimal import Decimal

import pytest

from payment_svc.managers.listed_payments import ListedPayments
from payment_svc.models import PaymentState
from payment_svc.razorpay.listings import ListedPayment
from payment_svc.razorpay.types import ProviderPayment
from payment_svc.razorpay.webhooks import PaymentReferences


@pytest.fixture
def compare(session):
    """Return `compare(id, **fields)`: the differences of a listed payment."""

    def find(name, receipt=None, **fields):
        facts = {
            "amount": Decimal("499.00"),
            "currency": "INR",
            "status": "captured",
            "is_captured": True,
            "created_at": 1769731200,
            "amount_refunded": Decimal("0.00"),
        }
        references = PaymentReferences(receipts=(receipt,) if receipt else ())
        seen = ListedPayment(ProviderPayment(name, **{**facts, **fields}), references)
        found = ListedPayments(session, [seen]).differences()
        return [(one.kind, one.payment_id, one.ours, one.theirs) for one in found]

    return find


def test_an_equal_capture_is_no_difference(a_payment, compare):
    payment = a_payment(PaymentState.CAPTURED)

    assert compare(payment.razorpay_payment_id) == []


def test_another_amount_of_a_capture_is_a_difference(a_payment, compare):
    payment = a_payment(PaymentState.CAPTURED)

    [found] = compare(payment.razorpay_payment_id, amount=Decimal("499.01"))

    ours, theirs = "499.00 INR", "captured, 499.01 INR"
    assert found == ("captured_amount", payment.id, ours, theirs)


def test_a_refunded_amount_that_we_do_not_have_is_a_difference(a_payment, compare):
    payment = a_payment(PaymentState.CAPTURED)

    share = Decimal("300.00")
    [found] = compare(payment.razorpay_payment_id, amount_refunded=share)

    assert found == ("refunded_amount", payment.id, "0.00", "300.00")


@pytest.mark.parametrize("state", [PaymentState.ISSUED, PaymentState.CLOSED])
def test_a_capture_is_matched_by_our_reference(session, a_payment, compare, state):
    payment = a_payment(state)
    payment.razorpay_payment_id = payment.captured_amount = None
    session.flush()

    [found] = compare("pay_another", receipt=payment.receipt)

    assert found[:2] == ("capture_unknown", payment.id)


def test_a_failed_attempt_of_a_stranger_is_no_difference(compare):
    assert compare("pay_1", status="failed", is_captured=False) == []


def test_a_capture_of_a_stranger_is_a_difference(compare):
    [found] = compare("pay_1")

    assert found[:2] == ("not_ours", None)
