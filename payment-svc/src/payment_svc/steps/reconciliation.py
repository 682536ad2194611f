"""Poll Razorpay, and reconcile payments with its answers."""

from chassis import correlation
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Payment, PaymentState
from payment_svc.razorpay.types import ProviderLink, Snapshot
from payment_svc.steps.context import Context
from payment_svc.steps.provider_refunds import reconcile_refunds
from payment_svc.steps.retries import retry_later


def read_payment(work: Context, payment_id: int) -> Payment:
    """Return a detached payment: no transaction is open during a remote call."""
    with reading():
        payment = work.payments.get(payment_id)
        work.session.expunge(payment)
        work.session.rollback()
    correlation.use(payment.correlation_id)
    return payment


def poll(work: Context, payment: Payment) -> PaymentState | None:
    """Fetch a snapshot and reconcile; return the state, None without an answer."""
    answer = fetch_snapshot(work, payment)
    failpoint("payment.polled")
    if not isinstance(answer, Done):
        retry_later(work, Payment, payment.id, answer)
        return None
    state = reconcile(work, payment.id, answer.value)
    refunds = reconcile_refunds(work, answer.value.payments)
    if not isinstance(refunds, Done):
        # `reconcile` has reset the attempts, but the pauses must grow.
        work.payments.lock(payment.id).attempts = payment.attempts
        retry_later(work, Payment, payment.id, refunds)
        return None
    return state


def fetch_snapshot(
    work: Context, payment: Payment
) -> Done[Snapshot] | Refused | Unknown:
    """Fetch the link, by its id or by our reference, and the payments of its order."""
    razorpay, link_id = work.razorpay, payment.razorpay_payment_link_id
    found: Done[ProviderLink] | Done[ProviderLink | None] | Refused | Unknown
    if link_id is None:
        found = razorpay.find_link(payment.receipt)
    else:
        found = razorpay.fetch_link(link_id)
    if not isinstance(found, Done):
        return found
    return razorpay.snapshot(found.value, payment.razorpay_order_id)


def reconcile(work: Context, payment_id: int, snapshot: Snapshot) -> PaymentState:
    """Apply a snapshot and return the payment's state.

    An open link of a closed payment is an orphan: it was created by a call whose answer
    arrived after the payment was closed. It is cancelled.
    """
    payment = work.reconciliation.apply(payment_id, snapshot)
    state, link = PaymentState(payment.state), snapshot.link
    failpoint("payment.before_reconcile_commit")
    work.session.commit()
    failpoint("payment.reconciled")
    if state is PaymentState.CLOSED and link is not None and link.is_open:
        answer = work.razorpay.cancel_link(link.id)
        if isinstance(answer, Refused):
            answer = Unknown(answer.description)  # it may just have been paid
        if isinstance(answer, Unknown):
            retry_later(work, Payment, payment_id, answer)
    return state
