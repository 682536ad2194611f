"""When the worker looks at an order next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chassis import clock
from order_svc.config import Times
from order_svc.models import Order, OrderState


def backoff(times: Times, attempts: int) -> timedelta:
    """Return the pause before the next try of a call without a definite answer."""
    pause = times.retry_first_seconds * 2.0 ** min(attempts, 20)
    return timedelta(seconds=min(pause, times.retry_most_seconds))


def deadline(order: Order, times: Times) -> datetime:
    """Return when an unpaid order's link is asked to be closed."""
    if order.link_expires_at is not None:
        grace = timedelta(seconds=times.link_grace_seconds)
        return order.link_expires_at + grace
    return order.created_at + timedelta(seconds=times.no_link_seconds)


def _awaiting(order: Order, times: Times) -> datetime:
    if order.short_url is not None:
        return deadline(order, times)
    again = clock.now() + timedelta(seconds=times.link_again_seconds)
    return min(again, deadline(order, times))


def _close_again(_order: Order, times: Times) -> datetime:
    return clock.now() + timedelta(seconds=times.close_again_seconds)


CHECKS: dict[OrderState, Callable[[Order, Times], datetime]] = {
    OrderState.PLACED: lambda order, times: (
        order.created_at + timedelta(seconds=times.resume_after_seconds)
    ),
    OrderState.AWAITING_PAYMENT: _awaiting,
    OrderState.EXPIRING: _close_again,
    OrderState.CANCELLING: _close_again,
    OrderState.PAID: lambda _order, _times: clock.now(),  # commit at once
}


def next_check(order: Order, times: Times) -> datetime | None:
    """Return when to look at the order next; None when nothing is left to do."""
    check = CHECKS.get(order.state)
    return check(order, times) if check else None
