"""Payments: attempts to pay a link's order, and their results."""

from typing import Any

from razorpay_sandbox import bank, orders, webhooks
from razorpay_sandbox.errors import UNKNOWN_ID, Refused
from razorpay_sandbox.ids import is_id, new_id
from razorpay_sandbox.json_body import is_integer
from razorpay_sandbox.models import Link, Order, Payment
from razorpay_sandbox.unit_of_work import UnitOfWork

ANONYMOUS = {"email": "void@razorpay.com", "contact": "+919812345670"}
ALREADY_PAID = (
    "Your payment has been declined as the order is already paid."
    " Please initiate the payment with a new order."
)


def accepts_payment(work: UnitOfWork, link: Link) -> bool:
    """Return whether a link accepts a payment: open, and no payment is authorized."""
    waiting = work.find(Payment, link_id=link.id, status="authorized")
    return link.payable and waiting is None


def attempt(
    work: UnitOfWork, link: Link, method: str, amount: int | None = None, **outcome: Any
) -> Payment:
    """Create a payment of `amount` paise, by default the amount due on the link."""
    order = orders.get_or_create(work, link)
    order.attempts += 1
    if order.status == "created":
        order.status = "attempted"
    payer = {key: (link.customer or {}).get(key) or ANONYMOUS[key] for key in ANONYMOUS}
    payment = Payment(
        id=new_id("pay"),
        order_id=order.id,
        link_id=link.id,
        amount=link.due if amount is None else amount,
        currency=link.currency,
        method=method,
        description="#" + link.id.removeprefix("plink_"),
        notes=link.notes,
        acquirer_data=bank.NO_ACQUIRER_DATA[method],
        created_at=work.now,
        **payer,
        **bank.instrument(method, **outcome),
    )
    return work.add(payment)


def fail(
    work: UnitOfWork, payment: Payment, error: dict[str, str] | None = None
) -> None:
    """Decline the payment; the link stays open for another attempt.

    `error` replaces fields of the bank's usual error.
    """
    payment.status = "failed"
    payment.error = bank.decline(payment.method) | (error or {})
    webhooks.payment_event(work, "payment.failed", payment)


def authorize(work: UnitOfWork, payment: Payment) -> None:
    """Authorize the payment."""
    payment.status = "authorized"
    payment.acquirer_data = bank.acquirer_data(payment.method)
    webhooks.payment_event(work, "payment.authorized", payment)


def capture(work: UnitOfWork, payment: Payment) -> None:
    """Capture an authorized payment and mark its order and link as paid."""
    payment.status = "captured"
    payment.captured_at = work.now
    if payment.fee_bearer is None:
        payment.fee, payment.tax = bank.fee_and_tax(payment.method, payment.amount)
    webhooks.payment_event(work, "payment.captured", payment)
    order = work.session.get_one(Order, payment.order_id)
    if (
        order.status != "paid"
    ):  # a second payment changes neither the order nor the link
        _settle_order(work, payment, order)


def _settle_order(work: UnitOfWork, payment: Payment, order: Order) -> None:
    order.amount_paid += payment.for_order
    if order.amount_paid >= order.amount or not order.partial_payment:
        order.status = "paid"
        webhooks.order_paid(work, payment, order)
    link = work.find(Link, id=payment.link_id)
    if link is not None and link.payable:  # a closed link ignores a late capture
        _settle_link(work, payment, order, link)


def _settle_link(work: UnitOfWork, payment: Payment, order: Order, link: Link) -> None:
    link.amount_paid += payment.for_order
    link.status = "paid" if order.status == "paid" else "partially_paid"
    link.updated_at = work.now
    payment.on_link = True
    work.session.flush()
    name = f"payment_link.{link.status}"
    webhooks.link_event(work, name, link, order, payment)


def pay(
    work: UnitOfWork, link: Link, method: str, amount: int | None = None
) -> Payment:
    """Create, authorize and capture a payment in one step."""
    payment = attempt(work, link, method, amount)
    authorize(work, payment)
    capture(work, payment)
    return payment


def get(work: UnitOfWork, payment_id: str) -> Payment:
    """Return a payment; raise Refused if it does not exist."""
    if not is_id("pay", payment_id):
        raise Refused(f"{payment_id} is not a valid id")
    payment = work.find(Payment, id=payment_id)
    if payment is None:
        raise Refused(UNKNOWN_ID)
    return payment


def capture_by_api(work: UnitOfWork, payment: Payment, data: dict[str, Any]) -> None:
    """Capture a payment on an API request, for exactly the authorized amount."""
    orders.refuse_extra(data, ["amount", "currency"])
    _refuse_wrong_state(work, payment)
    if data.get("amount") is None:
        raise Refused("The amount field is required.", "amount")
    if not is_integer(data["amount"]):
        raise Refused("The amount must be an integer", "amount")
    if data.get("currency") is None:
        raise Refused("The currency field is required.", "currency")
    if data["currency"] != payment.currency:
        text = "Capture request currency must be same as payment currency."
        raise Refused(text, "currency")
    if data["amount"] != payment.amount:
        text = "Capture amount must be equal to the amount authorized."
        raise Refused(text, "amount")
    capture(work, payment)


def _refuse_wrong_state(work: UnitOfWork, payment: Payment) -> None:
    if payment.captured:
        raise Refused("The payment has already been either captured or voided.")
    if payment.status != "authorized":
        raise Refused("Payment is not in authorized state.")
    if work.session.get_one(Order, payment.order_id).status == "paid":
        raise Refused(ALREADY_PAID)
