"""Create and cancel payment links at Razorpay."""

from datetime import timedelta

from chassis import clock, leases
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Payment, PaymentState
from payment_svc.razorpay.link_request import PaymentLinkRequest
from payment_svc.razorpay.types import Snapshot
from payment_svc.steps.context import Context
from payment_svc.steps.reconciliation import fetch_snapshot, poll, reconcile
from payment_svc.steps.retries import retry_later

CALLBACK = "/payments/payment_link_callback/"
DUPLICATE = ("already exists", "already attempted")  # a link with this reference exists


def create_link(work: Context, payment: Payment) -> None:
    """Create the link of a payment that has none.

    An earlier attempt may have created it, so a retry first queries Razorpay for it.
    """
    if payment.attempts > 1 and _recover_link(work, payment):
        return
    if work.payments.is_too_late(payment):
        _fail(work, payment, "no link could be created in time")
        return
    failpoint("payment.before_create")
    answer = work.razorpay.create_link(link_request(work, payment))
    failpoint("payment.after_create")
    if isinstance(answer, Done):
        reconcile(work, payment.id, Snapshot(answer.value))
    elif isinstance(answer, Unknown):
        retry_later(work, Payment, payment.id, answer)
    else:
        _handle_refusal(work, payment, answer)


def _recover_link(work: Context, payment: Payment) -> bool:
    """Reconcile with the link of an earlier attempt.

    Returns False if a link must still be created.
    """
    found = fetch_snapshot(work, payment)
    if not isinstance(found, Done):
        if work.payments.is_too_late(payment):
            return False
        retry_later(work, Payment, payment.id, found)
        return True
    if found.value.link is None:
        return False
    reconcile(work, payment.id, found.value)
    return True


def _handle_refusal(work: Context, payment: Payment, refusal: Refused) -> None:
    if refusal.names(*DUPLICATE):
        if not _recover_link(work, payment):
            why = Unknown("a duplicate reference without a link")
            retry_later(work, Payment, payment.id, why)
    elif field := _refused_field(payment, refusal):
        _clear_field(work, payment, field)
    else:
        _fail(work, payment, refusal.description)


def _refused_field(payment: Payment, refusal: Refused) -> str | None:
    """Return the customer's field that was sent and that the refusal mentions."""
    if payment.customer_phone and refusal.names("contact"):
        return "customer_phone"
    if payment.customer_email and refusal.names("email"):
        return "customer_email"
    return None


def _clear_field(work: Context, payment: Payment, field: str) -> None:
    """Retry at once without an optional field that Razorpay refuses."""
    row = work.payments.lock(payment.id)
    setattr(row, field, None if field == "customer_phone" else "")
    leases.make_due(Payment, payment.id)
    work.session.commit()


def _fail(work: Context, payment: Payment, reason: str) -> None:
    work.payments.fail_link(payment.id, reason)
    work.session.commit()


def link_request(work: Context, payment: Payment) -> PaymentLinkRequest:
    """Return the request for a payment's link, which expires some minutes from now."""
    given = {
        "name": payment.customer_name,
        "email": payment.customer_email,
        "contact": payment.customer_phone,
    }
    settings = work.settings
    return PaymentLinkRequest(
        reference_id=payment.receipt,
        amount=payment.amount,
        currency=payment.currency,
        expire_by=clock.now() + timedelta(minutes=settings.link_minutes),
        description=f"Order {payment.order_id}",
        customer={name: text for name, text in given.items() if text},
        callback_url=settings.public_url + CALLBACK,
        notes={"receipt": payment.receipt, "order_id": payment.order_id},
    )


def close_link(work: Context, payment: Payment) -> None:
    """Cancel the link of a closing payment, or record a capture that came first."""
    link_id = payment.razorpay_payment_link_id
    if link_id is None:
        found = work.razorpay.find_link(payment.receipt)
        if not isinstance(found, Done):
            retry_later(work, Payment, payment.id, found)
            return
        if found.value is None:
            reconcile(work, payment.id, Snapshot(None))
            return
        link_id = found.value.id
    _cancel(work, payment, link_id)


def _cancel(work: Context, payment: Payment, link_id: str) -> None:
    """Cancel a link; then poll, because a refusal can mean that it is closed."""
    failpoint("payment.before_cancel")
    answer = work.razorpay.cancel_link(link_id)
    failpoint("payment.after_cancel")
    if isinstance(answer, Unknown):
        retry_later(work, Payment, payment.id, answer)
    elif poll(work, payment) is PaymentState.CLOSING:
        why = Unknown("the link is neither open nor closed")
        retry_later(work, Payment, payment.id, why)
