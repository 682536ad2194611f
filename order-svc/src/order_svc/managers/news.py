"""What happens to an order, as the saga's doors tell it to the managers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import Conflict
from order_svc.models import Order, OrderEvent

OURSELVES = "order-svc"
PAYMENT_SVC = "payment-svc"
PRODUCT_SVC = "product-svc"


@dataclass(frozen=True)
class News:
    """Something that has happened: its name, who says so, why, and its facts."""

    name: str
    service: str = OURSELVES
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_message(self) -> bool:
        """Say whether it came through a queue."""
        return self.service == PAYMENT_SVC


# Which column of the table the news is, given the order as it stands; asked again
# when somebody else has changed the order meanwhile.
Decide = Callable[[Order], OrderEvent]


class Impossible(Conflict):
    """An event that cannot happen in the state of its order."""


class Mismatch(Conflict):
    """A capture of another amount or currency than the order's: a person decides."""
