"""Pauses after a call to Razorpay without a definite answer."""

from datetime import timedelta
from typing import Any

from chassis import leases, logging
from chassis.outcomes import Refused, Unknown
from payment_svc.managers import problems
from payment_svc.razorpay.causes import ProviderProblem
from payment_svc.steps.context import Context

FIRST_PAUSE = 0.5  # seconds, doubled with each attempt


def retry_later(
    work: Context, model: type[Any], row_id: int, answer: Unknown | Refused
) -> None:
    """Make a row due again after a pause, at least Razorpay's Retry-After.

    A refused query returns no data, so it is retried like an Unknown.
    """
    why, retry_after = _reason(answer)
    attempts = leases.attempts(model, row_id) or 1
    most = work.settings.retry_most_seconds
    pause = leases.backoff(attempts, FIRST_PAUSE, most, jitter=True)
    pause = max(pause, timedelta(seconds=retry_after))
    leases.postpone(model, row_id, pause, if_released=True)
    if isinstance(answer, ProviderProblem):
        problems.report(work.session, answer)
    work.session.commit()
    logging.get().warning(
        "no answer from razorpay", table=model.__tablename__, row_id=row_id, why=why
    )


def _reason(answer: Unknown | Refused) -> tuple[str, float]:
    if isinstance(answer, Unknown):
        return answer.why, answer.retry_after
    return answer.description, 0.0
