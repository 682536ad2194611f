"""The rules of a model: the services' own transition tables, and one mutation.

A model looks up every transition of an order, a reservation, a payment or a refund
here. The result is the cell of the service's table. A mutation replaces cells, or
makes a part of the model skip a step. Which cells were used is recorded.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from order_svc.models import TRANSITIONS as ORDERS
from order_svc.models import Cell, OrderEvent, OrderState
from payment_svc.models import (
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    Move,
    PaymentState,
    PaymentTrigger,
    RefundState,
    RefundTrigger,
)
from product_svc.models import CELLS, ReservationState, Trigger
from product_svc.models.reservations import Answer
from product_svc.models.reservations import Move as StockMove
from verification.model.broken import EDITS, OF_REQUESTS, SAFE, Broken

Key = tuple[str, StrEnum | None, StrEnum]  # machine, state, event
TABLES: dict[str, Mapping[Any, Any]] = {
    "order": ORDERS,
    "reservation": CELLS,
    "payment": PAYMENT_TRANSITIONS,
    "refund": REFUND_TRANSITIONS,
}


class Rules:
    """The four tables, unchanged or with one mutation.

    `taken` holds each cell that a model has used, with the model state in which it was
    used first; the search stores the current state in `at`.
    """

    def __init__(self, broken: Broken | None = None) -> None:
        self.broken = broken
        self.tables = {name: dict(table) for name, table in TABLES.items()}
        for (machine, state, event), cell in EDITS.get(broken, {}).items():
            self.tables[machine][state, event] = cell
        self.taken: dict[Key, Any] = {}
        is_good = broken is None or broken in SAFE
        # Whether messages that are useless by the unchanged rules are useless by these.
        self.forgets_messages = is_good or broken in OF_REQUESTS
        self.forgets_requests = broken is not Broken.NO_REFERENCE_ID
        self.at: Any = None

    def order(self, state: OrderState, event: OrderEvent) -> Cell:
        """Return an order's cell."""
        found: Cell = self._find("order", state, event)
        return found

    def stock(
        self, state: ReservationState | None, trigger: Trigger
    ) -> StockMove | Answer:
        """Return a reservation's cell."""
        found: StockMove | Answer = self._find("reservation", state, trigger)
        return found

    def payment(
        self, state: PaymentState | None, trigger: PaymentTrigger
    ) -> Move[Any] | None:
        """Return a payment's cell; None when the transition is impossible."""
        found: Move[Any] | None = self._find("payment", state, trigger)
        return found

    def refund(
        self, state: RefundState | None, trigger: RefundTrigger
    ) -> Move[Any] | None:
        """Return a refund's cell; None when the transition is impossible."""
        found: Move[Any] | None = self._find("refund", state, trigger)
        return found

    def _find(self, machine: str, state: Any, event: Any) -> Any:
        key = (machine, state, event)
        if key not in self.taken:
            self.taken[key] = self.at
        return self.tables[machine].get((state, event))
