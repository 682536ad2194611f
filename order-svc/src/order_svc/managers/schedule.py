"""When the worker checks an order next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chassis import clock
from order_svc.config import Times
from order_svc.managers.review import next_request
from order_svc.models import Order, OrderState


def deadline(order: Order, times: Times) -> datetime:
    """Return when the close of an unpaid order's link is requested."""
    if order.link_expires_at is not None:
        grace = timedelta(seconds=times.link_grace_seconds)
        return order.link_expires_at + grace
    return order.created_at + timedelta(seconds=times.no_link_seconds)


def _resume(order: Order, times: Times) -> datetime:
    return order.created_at + timedelta(seconds=times.resume_after_seconds)


def _wait_for_payment(order: Order, times: Times) -> datetime:
    if order.short_url is not None:
        return deadline(order, times)
    again = clock.now() + timedelta(seconds=times.link_again_seconds)
    return min(again, deadline(order, times))


def _close_again(order: Order, times: Times) -> datetime:
    again = clock.now() + timedelta(seconds=times.close_again_seconds)
    return next_request(order, times) or again


def _review(order: Order, times: Times) -> datetime | None:
    again = next_request(order, times)
    is_held = order.state == OrderState.UNDER_REVIEW and order.held_until
    return min(again, is_held) if again and is_held else again


def _commit(_order: Order, _times: Times) -> datetime:
    return clock.now()


CHECKS: dict[OrderState, Callable[[Order, Times], datetime | None]] = {
    OrderState.PLACED: _resume,
    OrderState.AWAITING_PAYMENT: _wait_for_payment,
    OrderState.EXPIRING: _close_again,
    OrderState.CANCELLING: _close_again,
    OrderState.PAID: _commit,
    OrderState.UNDER_REVIEW: _review,
    OrderState.EXPIRED: _review,
    OrderState.CANCELLED: _review,
    OrderState.REJECTED: _review,
}


def next_check(order: Order, times: Times) -> datetime | None:
    """Return when the order is due next; None when nothing is left to do."""
    check = CHECKS.get(order.state)
    return check(order, times) if check else None
