"""Pauses after a call to Razorpay without a definite answer."""

from datetime import timedelta
from typing import Any

from chassis import leases, logging
from chassis.outcomes import Refused, Unknown
from payment_svc.managers import problems
from payment_svc.models import Refund
from payment_svc.razorpay.causes import QUERY_REFUSED, ProviderProblem
from payment_svc.steps.context import Context

FIRST_PAUSE = 0.5  # seconds, doubled with each attempt


def retry_later(
    work: Context, model: type[Any], row_id: int, answer: Unknown | Refused
) -> None:
    """Make a row due again after a pause, at least Razorpay's Retry-After.

    A refused query returns no data, so it is retried like an Unknown, and alerted.
    """
    if isinstance(answer, Refused):
        answer = ProviderProblem(QUERY_REFUSED, answer.description)
    if isinstance(answer, ProviderProblem):
        problems.report(work.session, answer)
    why, retry_after = answer.why, answer.retry_after
    _postpone(work, model, row_id, work.settings.retry_most_seconds, retry_after)
    logging.get().warning(
        "no answer from razorpay", table=model.__tablename__, row_id=row_id, why=why
    )


def retry_refused(work: Context, refund_id: int, refusal: Refused) -> None:
    """Make a refused refund due again after a growing pause, and alert.

    The usual cause is a low balance, which only a person can change. The pause is at
    most REFUND_RETRY_MOST_SECONDS.
    """
    _postpone(work, Refund, refund_id, work.settings.refund_retry_most_seconds)
    members = ("code", "source", "step", "reason", "field")
    logging.get().error(
        "refund refused, tried again later",
        alert=True,
        refund_id=refund_id,
        why=refusal.description,
        **{f"error_{name}": refusal.member(name) for name in members},
    )


def _postpone(
    work: Context, model: type[Any], row_id: int, most: float, least: float = 0.0
) -> None:
    attempts = leases.attempts(model, row_id) or 1
    pause = leases.backoff(attempts, FIRST_PAUSE, most, jitter=True)
    pause = max(pause, timedelta(seconds=least))
    leases.postpone(model, row_id, pause, if_released=True)
    work.session.commit()
