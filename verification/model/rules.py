"""The rules of a model: the services' own transition tables, and one mutation.

A model looks up every transition of an order, a reservation, a payment or a refund
here. A mutation replaces transitions, or makes a part of the model skip a step. Which
transitions were used is recorded.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, TypeVar

from chassis.state_machine import State, Table, Transition
from order_svc.models import TRANSITIONS as ORDER_TRANSITIONS
from payment_svc.models import PAYMENT_TRANSITIONS, REFUND_TRANSITIONS
from product_svc.models import TRANSITIONS as RESERVATION_TRANSITIONS
from verification.model.broken import EDITS, OF_REQUESTS, SAFE, Broken

Machine = Literal["order", "reservation", "payment", "refund"]
Key = tuple[Machine, State, StrEnum]  # machine, state, trigger
S = TypeVar("S", bound=State)
TABLES: Mapping[Machine, Table] = {
    "order": ORDER_TRANSITIONS,
    "reservation": RESERVATION_TRANSITIONS,
    "payment": PAYMENT_TRANSITIONS,
    "refund": REFUND_TRANSITIONS,
}

# By these rules a request that is useless by the unchanged rules has an effect.
KEEPS_REQUESTS = (Broken.NO_REFERENCE_ID, Broken.PROLONG_TAKES_AGAIN)


class Rules:
    """The four tables, unchanged or with one mutation.

    `used` holds each cell that a model has used, with the model state in which it was
    used first; the search stores the current state in `at`.
    """

    def __init__(self, broken: Broken | None = None) -> None:
        self.broken = broken
        self.cells: dict[Key, Transition] = {
            (machine, state, trigger): transition
            for machine, table in TABLES.items()
            for (state, trigger), transition in table.items()
        }
        self.cells |= EDITS.get(broken, {})
        self.used: dict[Key, Any] = {}
        is_good = broken is None or broken in SAFE
        # Whether messages that are useless by the unchanged rules are useless by these.
        self.drops_messages = is_good or broken in OF_REQUESTS
        self.drops_requests = broken not in KEEPS_REQUESTS
        self.at: Any = None

    def fire(
        self, machine: Machine, state: S, trigger: StrEnum
    ) -> tuple[S, Transition]:
        """Return the state after a trigger, and the transition that leads there.

        A transition that is refused or impossible keeps the state, has no effects and
        publishes nothing.
        """
        key = (machine, state, trigger)
        transition = self.cells[key]
        if key not in self.used:
            self.used[key] = self.at
        to: Any = transition.to or state
        return to, transition
