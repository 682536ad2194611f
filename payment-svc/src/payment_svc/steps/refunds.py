"""Send refunds to Razorpay.

Before each call all refunds of the capture are fetched: this one may have been made,
and money may have been refunded in the dashboard. The idempotency key is committed
before the call, and every retry of the same amount uses the same key.
"""

from chassis import leases
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.managers.refund_machine import FINAL
from payment_svc.models import Refund, RefundState
from payment_svc.razorpay.types import ProviderRefund
from payment_svc.steps.context import Context
from payment_svc.steps.retries import retry_later, retry_refused


def check_refund(refund_id: int) -> None:
    """Send a leased refund, or fetch its result."""
    failpoint("refund.leased")
    work = Context()
    refund = _read(work, refund_id)
    if refund.state in FINAL:
        _release(work, refund)
    elif refund.state == RefundState.PENDING:
        _fetch(work, refund)
    elif (prepared := _prepare(work, refund)) is not None:
        _send(work, prepared)


def _release(work: Context, refund: Refund) -> None:
    """End the lease of a final refund.

    Another worker has finished it during a call without an answer, whose pause made
    the refund due again.
    """
    leases.release(Refund, refund.id)
    work.session.commit()


def _read(work: Context, refund_id: int) -> Refund:
    """Return a detached refund: no transaction is open during a remote call."""
    with reading():
        refund = work.refund_attempts.get(refund_id)
        work.session.expunge(refund)
        work.session.rollback()
    return refund


def _prepare(work: Context, refund: Refund) -> Refund | None:
    """Reconcile with all refunds of the capture, and commit the start of a call.

    Returns the refund to send, or None if there is no call to make now.
    """
    found = work.razorpay.refunds_of(str(refund.razorpay_payment_id))
    if not isinstance(found, Done):
        retry_later(work, Refund, refund.id, found)
        return None
    prepared = work.refund_attempts.prepare(refund.id, found.value)
    failpoint("refund.before_attempt_commit")
    work.session.flush()
    if prepared is not None:
        work.session.expunge(prepared)
    work.session.commit()
    failpoint("refund.attempt_begun")
    return prepared


def _send(work: Context, refund: Refund) -> None:
    failpoint("refund.before_post")
    answer = work.razorpay.refund(
        str(refund.razorpay_payment_id),
        refund.amount,
        refund.idempotency_key,
        {"refund": refund.key},
    )
    failpoint("refund.after_post")
    if isinstance(answer, Done):
        _reconcile(work, refund, answer.value)
    elif isinstance(answer, Unknown):
        retry_later(work, Refund, refund.id, answer)
    else:
        _handle_refusal(work, refund, answer)


def _handle_refusal(work: Context, refund: Refund, refusal: Refused) -> None:
    """End a refund that is made or impossible; retry any other with a growing pause.

    The words of a refusal prove nothing: a low balance is refused as an invalid
    request. The refunds of the capture show what is left.
    """
    prepared = _prepare(work, refund)
    if prepared is not None:
        retry_refused(work, refund.id, refusal)


def _fetch(work: Context, refund: Refund) -> None:
    answer = work.razorpay.fetch_refund(
        str(refund.razorpay_payment_id), str(refund.razorpay_refund_id)
    )
    if isinstance(answer, Done):
        _reconcile(work, refund, answer.value)
    else:
        retry_later(work, Refund, refund.id, answer)


def _reconcile(work: Context, refund: Refund, seen: ProviderRefund) -> None:
    state = work.refunds.reconcile(refund.id, seen).state
    failpoint("refund.before_reconcile_commit")
    work.session.commit()
    failpoint("refund.reconciled")
    if state in (RefundState.SENT, RefundState.PENDING):
        retry_later(work, Refund, refund.id, Unknown("the bank has not answered"))


def republish_refund(refund_id: int) -> None:
    """Publish a refund again that order-svc has not acknowledged."""
    work = Context()
    work.refunds.republish(refund_id)
    work.session.commit()
