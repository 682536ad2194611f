"""The time of a payment's next poll."""

from datetime import datetime, timedelta

from payment_svc.config import Settings
from payment_svc.models import Payment, PaymentState

AT_ONCE = (PaymentState.CREATED, PaymentState.CLOSING)
ORPHAN = 60.0  # seconds after which a link that was being created exists
AFTER_EXPIRY = 30.0  # seconds; Razorpay expires links 10 to 25 seconds late


def next_check(payment: Payment, settings: Settings, now: datetime) -> datetime | None:
    """Return when a payment is due after a definite answer; None for never."""
    state = PaymentState(payment.state)
    is_tombstone = payment.placed_at is None
    if is_tombstone or not payment.has_own_link:
        return None  # there is no link to poll
    if state in AT_ONCE:
        return now
    if state is PaymentState.ISSUED:
        return _while_open(payment, settings, now)
    plan = settings.closed_poll_plan
    if state is PaymentState.CLOSED and payment.razorpay_payment_link_id is None:
        plan = (ORPHAN, *plan)
    return _first_after(payment.state_since, plan, now)


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
