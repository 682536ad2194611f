"""The effects of a payment under review: notice, alert, and the hold on the stock.

Staff decide the review at payment-svc. Meanwhile the reservation is prolonged, at most
for REVIEW_HOLD_HOURS, and payment-svc is asked for the result with growing pauses.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.state_machine import Trigger
from order_svc.config import Times
from order_svc.managers.stock_commands import add_stock_command
from order_svc.models import Order, OrderState, StockCommandKind


def begin_review(order: Order, trigger: Trigger, times: Times) -> None:
    """Record the payment; the first message begins the hold and raises an alert."""
    order.review_amount = trigger.data["amount"]
    order.review_currency = trigger.data["currency"]
    order.short_url = None
    if order.review_since is not None:
        return
    order.review_since = clock.now()
    order.held_until = clock.now() + timedelta(hours=times.review_hold_hours)
    logging.get().error(
        "payment under review",
        alert=True,
        order_id=order.id,
        payment_id=trigger.data["payment_id"],
        why=trigger.reason,
    )


def end_review(order: Order, _: Trigger) -> None:
    """Record that staff have decided, or that the order has another payment."""
    order.review_since = order.held_until = None


def end_hold(order: Order, _: Trigger) -> None:
    """Stop prolonging the reservation; the stock is released."""
    order.held_until = None


def prolong(session: Session, order: Order) -> None:
    """Prolong the reservation, unless the hold has ended."""
    if order.held_until is not None:
        add_stock_command(session, order.id, StockCommandKind.PROLONG)


def is_hold_over(order: Order) -> bool:
    """Return whether the stock of an order under review must be released now."""
    if order.state != OrderState.UNDER_REVIEW or order.held_until is None:
        return False
    return order.held_until <= clock.now()


def next_request(order: Order, times: Times) -> datetime | None:
    """Return when the result of a review is requested next, or None without a review.

    The pause is the age of the review, at most REVIEW_AGAIN_MOST_SECONDS.
    """
    if order.review_since is None:
        return None
    first, most = times.close_again_seconds, times.review_again_most_seconds
    age = (clock.now() - order.review_since).total_seconds()
    return clock.now() + timedelta(seconds=min(max(age, first), most))
