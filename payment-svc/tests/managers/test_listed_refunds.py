"""A page of Razorpay's refunds, compared with our refunds and payments."""

from decimal import Decimal

import pytest

from payment_svc.managers.listed_refunds import ListedRefunds
from payment_svc.models import Payment, PaymentState
from payment_svc.razorpay.types import ProviderRefund


@pytest.fixture
def compare(session):
    """Return `compare(**fields)`: the differences of a listed refund."""

    def find(status="processed", **fields):
        facts = {"amount": Decimal("300.00"), "receipt": None, "currency": "INR"}
        seen = ProviderRefund(id="rfnd_1", status=status, **{**facts, **fields})
        return ListedRefunds(session, [seen]).differences()

    return find


def test_a_refund_of_our_capture_that_we_do_not_have_makes_its_payment_due(
    a_payment, compare
):
    payment = a_payment(PaymentState.CAPTURED)

    [found] = compare(payment_id=payment.razorpay_payment_id)

    assert (found.kind, found.due) == ("refund_unknown", (Payment, payment.id))
    assert found.theirs == "processed, 300.00 INR"


def test_a_refund_of_a_strangers_payment_is_not_ours(compare):
    [found] = compare(payment_id="pay_1")

    assert (found.kind, found.payment_id, found.due) == ("not_ours", None, None)


def test_a_failed_refund_that_is_not_ours_is_no_difference(a_payment, compare):
    payment = a_payment(PaymentState.CAPTURED)

    assert compare("failed", payment_id=payment.razorpay_payment_id) == []
