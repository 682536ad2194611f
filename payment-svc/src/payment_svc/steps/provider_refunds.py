"""Find refunds that were made at Razorpay, not by this service."""

from collections.abc import Sequence

from chassis.db import reading
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.razorpay.types import ProviderPayment
from payment_svc.steps.context import Context


def reconcile_refunds(
    work: Context, payments: Sequence[ProviderPayment]
) -> Done[None] | Refused | Unknown:
    """Fetch and reconcile the refunds of each capture of ours that has some."""
    with reading():
        refunded = work.provider_refunds.refunded(payments)
        work.session.rollback()
    for payment_id, capture in refunded:
        done = _reconcile(work, payment_id, capture)
        if not isinstance(done, Done):
            return done
    return Done(None)


def _reconcile(
    work: Context, payment_id: int, before: ProviderPayment
) -> Done[None] | Refused | Unknown:
    found = work.razorpay.refunds_of(before.id)
    if not isinstance(found, Done):
        return found
    after = work.razorpay.fetch_payment(before.id)
    if not isinstance(after, Done):
        return after
    work.provider_refunds.apply(payment_id, before.id, found.value)
    work.provider_refunds.check_sum(payment_id, before, found.value, after.value)
    work.session.commit()
    return Done(None)
