"""Checks of a new order: its total, and the customer's unpaid orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import TooManyRequests
from order_svc.models import UNPAID, Order, Prices

# The minimum is Razorpay's: one rupee. The maximum is the largest amount that the
# payment's column can store.
MIN_TOTAL, MAX_TOTAL = Decimal("1.00"), Decimal("99999999.99")


@dataclass(frozen=True)
class Customer:
    """The customer of an order, with the data of user-svc."""

    id: int
    name: str
    email: str
    phone: str | None = None
    email_verified: bool = False


def total(lines: Mapping[int, int], prices: Prices) -> Decimal:
    """Return the sum of `{product id: quantity}` at `{product id: (name, price)}`."""
    return sum(
        (prices[product_id][1] * quantity for product_id, quantity in lines.items()),
        Decimal("0.00"),
    )


def is_payable(amount: Decimal) -> bool:
    """Return whether a payment of this amount can be made."""
    return MIN_TOTAL <= amount <= MAX_TOTAL


def check_open_orders(session: Session, user_id: int, most: int) -> None:
    """Raise TooManyRequests when a user has too many unpaid orders.

    Unpaid orders hold stock. Call `lock_holders` first, so that concurrent requests of
    a user count one after the other.
    """
    statement = select(func.count()).where(
        Order.user_id == user_id, Order.state.in_(UNPAID)
    )
    if (session.scalar(statement) or 0) >= most:
        raise TooManyRequests(
            f"There are {most} unpaid orders; pay or cancel one first.",
            code="too_many_open_orders",
            headers={"Retry-After": "60"},
        )
