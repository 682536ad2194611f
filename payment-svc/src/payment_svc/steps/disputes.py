"""Fetch disputes: a webhook alone proves nothing."""

from chassis import correlation
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Unknown
from payment_svc.models import Dispute
from payment_svc.steps.context import Context
from payment_svc.steps.retries import retry_later


def check_dispute(dispute_id: int) -> None:
    """Fetch a leased dispute and store what Razorpay returns."""
    failpoint("dispute.leased")
    work = Context()
    razorpay_id = _read_id(work, dispute_id)
    failpoint("dispute.before_fetch")
    answer = work.razorpay.fetch_dispute(razorpay_id)
    failpoint("dispute.after_fetch")
    if isinstance(answer, Unknown):
        retry_later(work, Dispute, dispute_id, answer)
        return
    if isinstance(answer, Done) and answer.value.id == razorpay_id:
        work.disputes.reconcile(dispute_id, answer.value)
    else:
        what = "another dispute" if isinstance(answer, Done) else answer.description
        work.disputes.record_refusal(dispute_id, what)
    failpoint("dispute.before_reconcile_commit")
    work.session.commit()
    failpoint("dispute.reconciled")


def _read_id(work: Context, dispute_id: int) -> str:
    """Return Razorpay's id; no transaction is open during a remote call."""
    with reading():
        dispute = work.disputes.get(dispute_id)
        correlation.use(dispute.correlation_id)
        razorpay_id = dispute.razorpay_dispute_id
        work.session.rollback()
    return razorpay_id
