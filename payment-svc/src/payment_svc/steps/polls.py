"""Razorpay asked how things stand, and believed."""

from chassis import correlation
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.extensions import db
from payment_svc.managers.payment_moves import PAYMENTS
from payment_svc.models import Payment, PaymentState, ProviderLink, Snapshot
from payment_svc.steps.context import WORKER, payments, provider
from payment_svc.steps.due import later


def apply_provider_state(
    payment_id: int, snapshot: Snapshot, actor: str = WORKER
) -> PaymentState:
    """Let one snapshot change one payment; return its state after that.

    Callback, webhook, poll and the staff's sync all end here and nowhere else.
    """
    payment = payments(actor).apply(payment_id, snapshot)
    state = PaymentState(payment.state)
    failpoint("payment.before_apply_commit")
    db.session.commit()
    failpoint("payment.applied")
    return state


def read_payment(payment_id: int) -> Payment:
    """Return a payment, detached: no transaction stays open behind it."""
    with reading():
        payment = payments().get(payment_id)
        db.session.expunge(payment)
        db.session.rollback()
    correlation.use(payment.correlation_id)
    return payment


def look(payment: Payment) -> Done[Snapshot] | Refused | Unknown:
    """Ask for the link, by its id or by our reference, and for its payments."""
    razorpay, link_id = provider(), payment.razorpay_payment_link_id
    found: Done[ProviderLink] | Done[ProviderLink | None] | Refused | Unknown
    if link_id is None:
        found = razorpay.find_link(payment.receipt)
    else:
        found = razorpay.fetch_link(link_id)
    return razorpay.snapshot(found.value) if isinstance(found, Done) else found


def believe(payment_id: int, snapshot: Snapshot, actor: str = WORKER) -> PaymentState:
    """Apply a snapshot; cancel a link that is open though the payment is closed.

    Such a link is an orphan: its making was heard of after the end.
    """
    state = apply_provider_state(payment_id, snapshot, actor)
    link = snapshot.link
    if state is PaymentState.CLOSED and link is not None and link.is_open:
        answer = provider().cancel_link(link.id)
        if not isinstance(answer, Done):  # perhaps paid this moment: look again
            later(PAYMENTS, payment_id, as_unknown(answer))
    return state


def poll(payment_id: int, actor: str = WORKER) -> Unknown | None:
    """Ask and believe; return the Unknown when Razorpay gave no answer."""
    seen = look(read_payment(payment_id))
    failpoint("payment.looked")
    if isinstance(seen, Done):
        believe(payment_id, seen.value, actor)
        return None
    unknown = as_unknown(seen)
    later(PAYMENTS, payment_id, unknown)
    return unknown


def as_unknown(answer: Refused | Unknown) -> Unknown:
    """Return a refusal to a question as what it is: no answer to it."""
    return answer if isinstance(answer, Unknown) else Unknown(answer.description)
