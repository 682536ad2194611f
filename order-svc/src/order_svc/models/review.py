"""What an order knows about a payment of another amount that staff are checking."""

from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Moment, Money, UtcDateTime

CHECKING = (
    "We received {} {} for this order. Our staff are checking the amount. "
    "You do not need to pay again."
)
REFUNDING = "We received {} {}, which does not match this order. We are refunding it."


class Reviewed:
    """The columns of a payment under review.

    `review_since` is NULL before and after a review. The reservation is prolonged until
    `held_until`, which is NULL once the stock is released.
    """

    payment_id: Mapped[int | None]
    review_since: Mapped[Moment | None] = mapped_column(UtcDateTime)
    review_amount: Mapped[Decimal | None] = mapped_column(Money(10))
    review_currency: Mapped[str | None] = mapped_column(String(3))
    held_until: Mapped[Moment | None] = mapped_column(UtcDateTime)

    @property
    def notice(self) -> str | None:
        """Return what the customer must know about the payment, or None.

        An order that has a captured payment shows that payment instead.
        """
        if self.review_amount is None or self.payment_id is not None:
            return None
        sentence = CHECKING if self.review_since is not None else REFUNDING
        return sentence.format(f"{self.review_amount:.2f}", self.review_currency)
