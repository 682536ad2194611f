"""Payments: attempts on a link's order, and what becomes of them."""

from typing import Any

from razorpay_sandbox import banks, orders, webhooks
from razorpay_sandbox.body import is_integer
from razorpay_sandbox.errors import NO_ID, Refused
from razorpay_sandbox.ids import is_id, new_id
from razorpay_sandbox.tables import Link, Order, Payment
from razorpay_sandbox.work import Work

NOBODY = {"email": "void@razorpay.com", "contact": "+919812345670"}
ALREADY_PAID = (
    "Your payment has been declined as the order is already paid."
    " Please initiate the payment with a new order."
)


def is_taking(work: Work, link: Link) -> bool:
    """Tell whether a link takes an attempt: open, and no other one is authorized."""
    waiting = work.find(Payment, link_id=link.id, status="authorized")
    return link.payable and waiting is None


def attempt(
    work: Work, link: Link, method: str, amount: int | None = None, **bank: Any
) -> Payment:
    """Begin a payment of what is due on a link, or of `amount` paise."""
    order = orders.of_link(work, link)
    order.attempts += 1
    if order.status == "created":
        order.status = "attempted"
    payer = {key: (link.customer or {}).get(key) or NOBODY[key] for key in NOBODY}
    payment = Payment(
        id=new_id("pay"),
        order_id=order.id,
        link_id=link.id,
        amount=link.due if amount is None else amount,
        currency=link.currency,
        method=method,
        description="#" + link.id.removeprefix("plink_"),
        notes=link.notes,
        acquirer_data=banks.NOTHING_YET[method],
        created_at=work.now,
        **payer,
        **banks.instrument(method, **bank),
    )
    return work.add(payment)


def fail(work: Work, payment: Payment) -> None:
    """Let the bank refuse; the link stays open for another attempt."""
    payment.status = "failed"
    payment.error = banks.refusal(payment.method)
    webhooks.payment_event(work, "payment.failed", payment)


def authorize(work: Work, payment: Payment) -> None:
    """Let the bank allow the payment."""
    payment.status = "authorized"
    payment.acquirer_data = banks.reference(payment.method)
    webhooks.payment_event(work, "payment.authorized", payment)


def capture(work: Work, payment: Payment) -> None:
    """Make an authorized payment the merchant's; settle its order and link."""
    payment.status = "captured"
    payment.captured_at = work.now
    payment.fee, payment.tax = banks.fee_and_tax(payment.method, payment.amount)
    webhooks.payment_event(work, "payment.captured", payment)
    order = work.session.get_one(Order, payment.order_id)
    if order.status != "paid":  # a second payment of a paid order changes nothing
        _settle_order(work, payment, order)


def _settle_order(work: Work, payment: Payment, order: Order) -> None:
    order.amount_paid += payment.amount
    if order.amount_paid >= order.amount or not order.partial_payment:
        order.status = "paid"
        webhooks.order_paid(work, payment, order)
    link = work.find(Link, id=payment.link_id)
    if link is not None and link.payable:  # a closed link hides a late capture
        _settle_link(work, payment, order, link)


def _settle_link(work: Work, payment: Payment, order: Order, link: Link) -> None:
    link.amount_paid += payment.amount
    link.status = "paid" if order.status == "paid" else "partially_paid"
    link.updated_at = work.now
    payment.on_link = True
    work.session.flush()
    name = f"payment_link.{link.status}"
    webhooks.link_event(work, name, link, order, payment)


def pay(work: Work, link: Link, method: str, amount: int | None = None) -> Payment:
    """Attempt, authorize and capture: a payment as the payer sees it."""
    payment = attempt(work, link, method, amount)
    authorize(work, payment)
    capture(work, payment)
    return payment


def get(work: Work, payment_id: str) -> Payment:
    """Return a payment; raise Refused when there is none."""
    if not is_id("pay", payment_id):
        raise Refused(f"{payment_id} is not a valid id")
    payment = work.find(Payment, id=payment_id)
    if payment is None:
        raise Refused(NO_ID)
    return payment


def capture_by_api(work: Work, payment: Payment, data: dict[str, Any]) -> None:
    """Capture exactly what was authorized."""
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


def _refuse_wrong_state(work: Work, payment: Payment) -> None:
    if payment.captured:
        raise Refused("The payment has already been either captured or voided.")
    if payment.status != "authorized":
        raise Refused("Payment is not in authorized state.")
    if work.session.get_one(Order, payment.order_id).status == "paid":
        raise Refused(ALREADY_PAID)
