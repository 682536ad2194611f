"""Whether a capture settles its payment, or staff must review it, and why.

Razorpay's `fee` includes the tax. When the customer bears the fee, the captured amount
is the requested amount plus that fee.
"""

from dataclasses import dataclass
from decimal import Decimal

from payment_svc.models import Payment, PaymentTrigger
from payment_svc.razorpay.types import ProviderPayment

T = PaymentTrigger
CUSTOMER = "customer"
REPLACED = "The customer paid a link that the order had replaced with another."


@dataclass(frozen=True)
class Classification:
    """What a capture means: the trigger, and the columns of the payment."""

    trigger: PaymentTrigger
    is_accepted: bool = False
    reason: str | None = None


def classify(
    payment: Payment, capture: ProviderPayment, *, customer_bears_fees: bool
) -> Classification:
    """Return what a capture of a payment means.

    `customer_bears_fees`: the account adds Razorpay's fee to the customer's amount, so
    a capture of amount and fee is accepted without a review.
    """
    if payment.is_replaced:
        return Classification(T.MISMATCH_SEEN, reason=REPLACED)
    if (capture.amount, capture.currency) == (payment.amount, payment.currency):
        return Classification(T.CAPTURE_SEEN)
    reason = review_reason(payment, capture)
    if customer_bears_fees and _is_with_fee(payment, capture):
        return Classification(T.CAPTURE_SEEN, is_accepted=True, reason=reason)
    return Classification(T.MISMATCH_SEEN, reason=reason)


def review_reason(payment: Payment, capture: ProviderPayment) -> str:
    """Return why the captured amount is not the requested one, as a sentence."""
    if capture.currency == payment.currency:
        if _is_with_fee(payment, capture):
            return f"The customer paid a fee of {capture.fee:.2f} {capture.currency}."
        if capture.offer_id and capture.amount < payment.amount:
            less = _money(payment.amount - capture.amount, capture.currency)
            return f"The customer paid {less} less with the offer {capture.offer_id}."
    paid = _money(capture.amount, capture.currency)
    return f"The customer paid {paid}, not {_money(payment.amount, payment.currency)}."


def _is_with_fee(payment: Payment, capture: ProviderPayment) -> bool:
    """Return whether the customer has paid the requested amount and Razorpay's fee.

    Razorpay's REST payments do not always name who bears the fee.
    """
    if not capture.fee or capture.fee_bearer not in (None, CUSTOMER):
        return False
    wanted = (payment.amount + capture.fee, payment.currency)
    return (capture.amount, capture.currency) == wanted


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {currency}"
