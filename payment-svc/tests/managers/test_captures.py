"""What a capture of another amount means, by who bears the fee and by offers."""

from decimal import Decimal

import pytest

from payment_svc.managers.captures import classify
from payment_svc.models import Payment, PaymentTrigger
from payment_svc.razorpay.types import ProviderPayment

ASKED = Payment(amount=Decimal("1449.00"), currency="INR")
SEEN, MISMATCH = PaymentTrigger.CAPTURE_SEEN, PaymentTrigger.MISMATCH_SEEN
FEE = {"fee": Decimal("34.19"), "tax": Decimal("5.22")}


def capture(amount, currency="INR", **fields):
    return ProviderPayment(
        "pay_1", Decimal(amount), currency, "captured", True, 0, **fields
    )


@pytest.mark.parametrize("bears", [True, False])
def test_the_requested_amount_settles_without_a_reason(bears):
    paid = classify(ASKED, capture("1449.00", **FEE), customer_bears_fees=bears)

    assert (paid.trigger, paid.is_accepted, paid.reason) == (SEEN, False, None)


@pytest.mark.parametrize("bearer", ["customer", None])
def test_amount_and_fee_settle_only_where_customers_bear_fees(bearer):
    paid = capture("1483.19", **FEE, fee_bearer=bearer)

    settled = classify(ASKED, paid, customer_bears_fees=True)
    reviewed = classify(ASKED, paid, customer_bears_fees=False)

    assert (settled.trigger, settled.is_accepted) == (SEEN, True)
    assert (reviewed.trigger, reviewed.is_accepted) == (MISMATCH, False)
    assert reviewed.reason == "The customer paid a fee of 34.19 INR."


@pytest.mark.parametrize(
    "paid",
    [
        capture("1483.19", **FEE, fee_bearer="platform"),
        capture("1483.20", **FEE, fee_bearer="customer"),
        capture("1488.41", **FEE, fee_bearer="customer"),  # the fee includes the tax
        capture("1483.19", fee_bearer="customer"),  # the fee is not known
        capture("1483.19", "USD", **FEE, fee_bearer="customer"),
        capture("1414.81", **FEE, fee_bearer="customer"),
        capture("1448.99", fee=Decimal("0.00"), fee_bearer="customer"),
    ],
)
def test_what_does_not_add_up_is_reviewed(paid):
    found = classify(ASKED, paid, customer_bears_fees=True)

    assert (found.trigger, found.is_accepted) == (MISMATCH, False)
    asked = f"The customer paid {paid.amount} {paid.currency}, not 1449.00 INR."
    assert found.reason == asked


@pytest.mark.parametrize("bears", [True, False])
def test_an_offer_is_reviewed_and_named(bears):
    paid = capture("1439.00", fee=Decimal("1.00"), offer_id="offer_1")

    found = classify(ASKED, paid, customer_bears_fees=bears)

    assert found.trigger == MISMATCH
    assert found.reason == ("The customer paid 10.00 INR less with the offer offer_1.")


def test_an_offer_does_not_explain_a_larger_amount():
    found = classify(
        ASKED, capture("1459.00", offer_id="offer_1"), customer_bears_fees=False
    )

    assert found.reason == "The customer paid 1459.00 INR, not 1449.00 INR."
