"""Create and cancel payment links at Razorpay."""

from datetime import timedelta
from typing import Any

from chassis import leases, logging
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Payment, PaymentState
from payment_svc.razorpay.causes import UnreadableAnswer
from payment_svc.razorpay.link_request import PaymentLinkRequest
from payment_svc.razorpay.types import Snapshot
from payment_svc.steps.context import Context
from payment_svc.steps.reconciliation import fetch_snapshot, poll, reconcile
from payment_svc.steps.retries import retry_later

CALLBACK = "/payments/payment_link_callback/"
OFTEN = 5  # attempts to cancel a link, after which staff see the problem
TOO_LATE = "no link could be created in time"
DUPLICATE = ("already exists", "already attempted")  # a link with this reference exists


def create_link(work: Context, payment: Payment) -> None:
    """Create the link of a payment that has none.

    The order's deadline also ends a payment whose attempts raise.
    """
    try:
        _create_link(work, payment)
    except Exception as error:
        work.session.rollback()
        if not _is_too_late(work, payment):
            raise
        logging.get().error("link failed", payment_id=payment.id, exc_info=error)
        _fail(work, payment, TOO_LATE)


def _create_link(work: Context, payment: Payment) -> None:
    """Create the link; a retry first queries Razorpay for the one it may have made.

    The query also shows Razorpay's time: where ours is wrong, no order would be new
    enough for a link.
    """
    is_in_doubt = _is_too_late(work, payment) and not work.razorpay.clock.is_known
    if (payment.attempts > 1 or is_in_doubt) and _recover_link(work, payment):
        return
    if _is_too_late(work, payment):
        _fail(work, payment, TOO_LATE)
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
        if _is_too_late(work, payment):
            return False
        retry_later(work, Payment, payment.id, found)
        return True
    if found.value.link is None:
        return False
    reconcile(work, payment.id, found.value)
    return True


def _is_too_late(work: Context, payment: Payment) -> bool:
    """Return whether the order is too old for a link, by Razorpay's clock."""
    return work.payments.is_too_late(payment, work.razorpay.clock.now())


def _handle_refusal(work: Context, payment: Payment, refusal: Refused) -> None:
    is_duplicate = refusal.names(*DUPLICATE)
    if is_duplicate and _recover_link(work, payment):
        return
    if not payment.is_plain_link:  # the words may be about a customer's field
        _retry_plain(work, payment, refusal)
    elif is_duplicate:
        why = Unknown("a duplicate reference without a link")
        retry_later(work, Payment, payment.id, why)
    else:
        _fail(work, payment, refusal.description)


def _retry_plain(work: Context, payment: Payment, refusal: Refused) -> None:
    """Request the link once more, without what is sent for convenience alone.

    Razorpay refuses names, addresses and notes in many words, so the words do not
    decide. Only a refusal of the plain request is about the payment.
    """
    work.payments.lock(payment.id).is_plain_link = True
    leases.make_due(Payment, payment.id)
    work.session.commit()
    logging.get().warning(
        "link refused, retried without optional fields",
        payment_id=payment.id,
        why=refusal.description,
        **{name: refusal.member(name) for name in ("code", "reason", "field")},
    )


def _fail(work: Context, payment: Payment, reason: str) -> None:
    work.payments.fail_link(payment.id, reason)
    work.session.commit()


def link_request(work: Context, payment: Payment) -> PaymentLinkRequest:
    """Return the request for a payment's link, which expires some minutes from now.

    The time is Razorpay's. A plain link has only the fields that the payment needs.
    """
    minutes = timedelta(minutes=work.settings.link_minutes)
    return PaymentLinkRequest(
        reference_id=payment.receipt,
        amount=payment.amount,
        currency=payment.currency,
        expire_by=work.razorpay.clock.now() + minutes,
        callback_url=work.settings.public_url + CALLBACK,
        **({} if payment.is_plain_link else _convenience(payment)),
    )


def _convenience(payment: Payment) -> dict[str, Any]:
    """Return what the customer and staff see at Razorpay."""
    given = {
        "name": payment.customer_name,
        "email": payment.customer_email,
        "contact": payment.customer_phone,
    }
    return {
        "description": f"Order {payment.order_id}",
        "customer": {name: text for name, text in given.items() if text},
        "notes": {"receipt": payment.receipt, "order_id": payment.order_id},
    }


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
        retry_later(work, Payment, payment.id, _neither(payment))


def _neither(payment: Payment) -> Unknown:
    """Return why a link is to be cancelled again.

    The list of its payments can lag behind. When it lasts, such as for a paid link
    whose payment is not marked as captured, staff must look.
    """
    why = "the link is neither open nor closed"
    return UnreadableAnswer(why) if payment.attempts >= OFTEN else Unknown(why)
