"""Send refunds to Razorpay.

The idempotency key is committed before the call, and every retry uses the same key.
"""

from chassis import logging
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Refund, RefundState
from payment_svc.razorpay.types import ProviderRefund
from payment_svc.steps.context import Context
from payment_svc.steps.retries import retry_later

BUSY = ("balance", "operation is in progress")  # retry with the same key
ALREADY_REFUNDED = (
    "fully refunded",
    "duplicate receipt",
    "greater than amount captured",
)


def check_refund(refund_id: int) -> None:
    """Send a leased refund, or fetch its result."""
    failpoint("refund.leased")
    work = Context()
    refund, was_sent = _begin_attempt(work, refund_id)
    if refund.state == RefundState.PENDING:
        _fetch(work, refund)
    elif refund.state == RefundState.SENT and not (was_sent and _recover(work, refund)):
        _send(work, refund)


def _begin_attempt(work: Context, refund_id: int) -> tuple[Refund, bool]:
    """Commit the start of the call; return the refund and whether it was sent."""
    refund, was_sent = work.refunds.begin_attempt(refund_id)
    work.session.expunge(refund)
    work.session.commit()
    failpoint("refund.attempt_begun")
    return refund, was_sent


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
    if refusal.names(*BUSY):
        why = refusal.description
        logging.get().error("refund postponed", refund_id=refund.id, why=why)
        retry_later(work, Refund, refund.id, refusal)
    elif not (
        refusal.names(*ALREADY_REFUNDED) and _recover(work, refund, any_receipt=True)
    ):
        work.refunds.fail(refund.id, refusal.description)
        work.session.commit()


def _recover(work: Context, refund: Refund, *, any_receipt: bool = False) -> bool:
    """Reconcile with this refund at Razorpay; return False if there is none.

    With `any_receipt`, a refund of the same amount that matches no stored refund also
    counts: all money is refunded, so this one was made in Razorpay's dashboard. Without
    an answer from Razorpay the refund is retried later.
    """
    found = work.razorpay.refunds_of(str(refund.razorpay_payment_id))
    if not isinstance(found, Done):
        retry_later(work, Refund, refund.id, found)
        return True
    ours = [one for one in found.value if one.receipt == refund.idempotency_key]
    if not ours and any_receipt:
        ours = [*work.refunds.unmatched(refund, found.value)]
        work.session.rollback()
    if ours:
        _reconcile(work, refund, ours[0])
    return bool(ours)


def _fetch(work: Context, refund: Refund) -> None:
    answer = work.razorpay.fetch_refund(
        str(refund.razorpay_payment_id), str(refund.razorpay_refund_id)
    )
    if isinstance(answer, Done):
        _reconcile(work, refund, answer.value)
    else:
        retry_later(work, Refund, refund.id, answer)


def _reconcile(work: Context, refund: Refund, seen: ProviderRefund) -> None:
    if seen.amount != refund.amount:  # the same key always has the same body
        logging.get().error("refund of another amount", refund_id=refund.id)
    state = work.refunds.reconcile(refund.id, seen).state
    failpoint("refund.before_reconcile_commit")
    work.session.commit()
    failpoint("refund.reconciled")
    if state in (RefundState.SENT, RefundState.PENDING):
        retry_later(work, Refund, refund.id, Unknown("the bank has not answered"))


def republish_refund(refund_id: int) -> None:
    """Publish a direct refund again that order-svc has not acknowledged."""
    work = Context()
    work.refunds.republish(refund_id)
    work.session.commit()
