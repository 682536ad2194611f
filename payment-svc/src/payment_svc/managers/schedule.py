"""When a payment or refund is looked at again: clocks decide when to ask, no more."""

import random
from datetime import datetime, timedelta

from payment_svc.config import Settings
from payment_svc.models import Payment, PaymentKind, PaymentState

AT_ONCE = (PaymentState.CREATED, PaymentState.CLOSING)
ORPHAN = 60.0  # a create that was on its way when the payment closed has arrived
AFTER_EXPIRY = 30.0  # Razorpay's sweeper takes 10 to 25 s


def next_check(payment: Payment, settings: Settings, now: datetime) -> datetime | None:
    """Return when a payment is due again after a definite answer; None for never."""
    state = PaymentState(payment.state)
    if payment.kind == PaymentKind.EXTRA or _is_tombstone(payment):
        return None  # Razorpay knows no link of its own
    if state in AT_ONCE:
        return now
    if state is PaymentState.ISSUED:
        return _while_open(payment, settings, now)
    plan = settings.closed_poll_plan
    if state is PaymentState.CLOSED and payment.razorpay_payment_link_id is None:
        plan = (ORPHAN, *plan)
    return _first_after(payment.state_since, plan, now)


def _is_tombstone(payment: Payment) -> bool:
    return payment.placed_at is None


def _while_open(payment: Payment, settings: Settings, now: datetime) -> datetime:
    plan = settings.poll_plan
    again = now + timedelta(seconds=plan[-1])
    times = [_first_after(payment.state_since, plan, now) or again]
    if payment.expires_at is not None:
        over = payment.expires_at + timedelta(seconds=AFTER_EXPIRY)
        times += [over] if over > now else []
    return min(times)


def _first_after(
    since: datetime, plan: tuple[float, ...], now: datetime
) -> datetime | None:
    times = (since + timedelta(seconds=offset) for offset in plan)
    return next((time for time in times if time > now), None)


def retry(
    attempts: int, settings: Settings, now: datetime, retry_after: float = 0.0
) -> datetime:
    """Return when to try again without an answer: pauses double, with jitter."""
    pause = min(2.0 ** min(attempts, 16) / 2, settings.retry_most_seconds)
    pause *= random.uniform(0.5, 1.0)  # noqa: S311
    return now + timedelta(seconds=max(pause, retry_after))
