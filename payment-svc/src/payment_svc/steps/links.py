"""Links made and closed."""

from datetime import timedelta

from chassis import clock
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.extensions import db
from payment_svc.managers.payment_moves import PAYMENTS
from payment_svc.models import Payment, PaymentState, Snapshot
from payment_svc.razorpay_service import LinkWish
from payment_svc.steps.context import payments, provider, settings
from payment_svc.steps.due import later
from payment_svc.steps.polls import (
    apply_provider_state,
    as_unknown,
    believe,
    look,
    poll,
    read_payment,
)

CALLBACK = "/payments/payment_link_callback/"
TAKEN = ("already exists", "already attempted")  # this reference has a link


def create_link(payment_id: int) -> None:
    """Make the link of a payment whose row says that none is known.

    A try before this one may have made it: then it is looked for first.
    """
    payment = read_payment(payment_id)
    if payment.attempts > 1 and _adopt(payment):
        return
    if payments().is_too_late(payment):
        _give_up(payment, "no link could be made in time")
        return
    failpoint("payment.before_create")
    answer = provider().create_link(wish(payment))
    failpoint("payment.after_create")
    if isinstance(answer, Done):
        believe(payment_id, Snapshot(answer.value))
    elif isinstance(answer, Unknown):
        later(PAYMENTS, payment_id, answer)
    else:
        _refused(payment, answer)


def _adopt(payment: Payment) -> bool:
    """Take the link that an earlier try has made; say whether all is done for now."""
    found = look(payment)
    if not isinstance(found, Done):
        if payments().is_too_late(payment):
            return False
        later(PAYMENTS, payment.id, as_unknown(found))
        return True
    if found.value.link is None:
        return False
    believe(payment.id, found.value)
    return True


def _refused(payment: Payment, refusal: Refused) -> None:
    if refusal.names(*TAKEN):
        if not _adopt(payment):
            later(PAYMENTS, payment.id, Unknown("a taken reference without a link"))
    elif dropped := _blamed(payment, refusal):
        _forget(payment, dropped)
    else:
        _give_up(payment, refusal.description)


def _blamed(payment: Payment, refusal: Refused) -> str | None:
    """Return the customer's field that the refusal names and that we have sent."""
    if payment.customer_phone and refusal.names("contact"):
        return "customer_phone"
    if payment.customer_email and refusal.names("email"):
        return "customer_email"
    return None


def _forget(payment: Payment, field: str) -> None:
    """Leave a field out that Razorpay does not like: it is for convenience alone."""
    row = payments().lock(payment.id)
    setattr(row, field, None if field == "customer_phone" else "")
    row.next_check_at = clock.now()
    db.session.commit()


def _give_up(payment: Payment, why: str) -> None:
    payments().give_up(payment.id, why)
    db.session.commit()


def wish(payment: Payment) -> LinkWish:
    """Return the link that a payment needs; its time begins when it is asked for."""
    given = {
        "name": payment.customer_name,
        "email": payment.customer_email,
        "contact": payment.customer_phone,
    }
    minutes = timedelta(minutes=settings().link_minutes)
    return LinkWish(
        reference_id=payment.receipt,
        amount=payment.amount,
        currency=payment.currency,
        expire_by=clock.now() + minutes,
        description=f"Order {payment.order_id}",
        customer={name: text for name, text in given.items() if text},
        callback_url=settings().public_url + CALLBACK,
        notes={"receipt": payment.receipt, "order_id": payment.order_id},
    )


def close_link(payment_id: int) -> None:
    """Cancel the link of a payment that shall end; what was paid meanwhile counts."""
    payment = read_payment(payment_id)
    link_id = payment.razorpay_payment_link_id
    if link_id is None:
        found = provider().find_link(payment.receipt)
        if not isinstance(found, Done):
            later(PAYMENTS, payment_id, as_unknown(found))
            return
        if found.value is None:
            apply_provider_state(payment_id, Snapshot(None))
            return
        link_id = found.value.id
    _cancel(payment_id, link_id)


def _cancel(payment_id: int, link_id: str) -> None:
    """Cancel; refused or done, the fetch that follows says what is true."""
    failpoint("payment.before_cancel")
    answer = provider().cancel_link(link_id)
    failpoint("payment.after_cancel")
    unknown = answer if isinstance(answer, Unknown) else poll(payment_id)
    if unknown is not None:
        later(PAYMENTS, payment_id, unknown)
    elif read_payment(payment_id).state == PaymentState.CLOSING:
        later(PAYMENTS, payment_id, Unknown("the link is neither open nor over"))
