"""Our rows of a page of Razorpay's payments, found by everything that names them."""

from decimal import Decimal

import pytest

from payment_svc.managers.known_payments import KnownPayments
from payment_svc.models import PaymentState, Refund, RefundReason, RefundState
from payment_svc.razorpay.listings import ListedPayment
from payment_svc.razorpay.types import ProviderPayment
from payment_svc.razorpay.webhooks import PaymentReferences

AMOUNT = Decimal("499.00")


def listed(name, **references):
    paid = ProviderPayment(name, AMOUNT, "INR", "captured", True, 1769731200)
    return ListedPayment(paid, PaymentReferences(**references))


@pytest.mark.parametrize("how", ["link_ids", "order_ids", "receipts"])
def test_a_payment_is_found_by_whatever_names_its_link(session, a_payment, how):
    payment = a_payment(PaymentState.ISSUED)
    payment.razorpay_payment_link_id, payment.razorpay_order_id = "plink_1", "order_1"
    session.flush()
    names = {
        "link_ids": "plink_1",
        "order_ids": "order_1",
        "receipts": payment.receipt,
    }
    one = listed("pay_1", **{how: (names[how],)})

    known = KnownPayments(session, [one])

    assert known.find_link(one).id == payment.id
    assert known.find_capture("pay_1") is None
    assert known.find_attempt("pay_1") is None


def test_a_payment_that_nothing_names_is_not_found(session, a_payment):
    payment = a_payment(PaymentState.ISSUED)  # without the ids of a link's page
    payment.razorpay_payment_id = None
    session.flush()
    one = listed("pay_1", receipts=("another",))

    known = KnownPayments(session, [one])

    assert known.find_link(one) is None
    assert known.find_refunded("pay_1") is None


def test_only_refunds_that_razorpay_has_count(session, a_payment):
    payment = a_payment(PaymentState.CAPTURED)
    name = payment.razorpay_payment_id
    states = (RefundState.PROCESSED, RefundState.PENDING, RefundState.FAILED)
    for n, state in enumerate((*states, RefundState.SENT), 1):
        row = Refund(
            payment_id=payment.id,
            key=f"refund:{n}",
            idempotency_key=f"key-{n}",
            razorpay_payment_id=name,
            razorpay_refund_id=None if state == RefundState.SENT else f"rfnd_{n}",
            amount=Decimal(10) ** n,
            currency="INR",
            reason=RefundReason.STAFF,
            n=n,
            state=state,
        )
        session.add(row)
    session.flush()

    known = KnownPayments(session, [listed(name)])

    assert known.made(name) == Decimal("110.00")
    assert known.made("pay_1") == 0
    assert known.find_refunded(name) == payment.id
