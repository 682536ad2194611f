"""The state machine of reservations: row, timeline, products and ledger."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from chassis.errors import Conflict
from chassis.failpoints import failpoint
from chassis.state_machine import Kind, State, StateMachine, Transition, Trigger
from product_svc.managers.stock import Lines, StockManager
from product_svc.models import (
    STOCK_CHANGES,
    TRANSITIONS,
    Effect,
    MovementKind,
    Reservation,
    ReservationHistory,
    ReservationItem,
    ReservationTrigger,
)


class ReservationMachine(StateMachine[Reservation]):
    """Fires the triggers of reservations; the effects of a transition change stock.

    The reservation is locked first, then its products by id, so that two transactions
    never deadlock. An effect raises `Short` when there is too little stock. The caller
    fires inside a savepoint, which then rolls back the whole transition.
    """

    model = Reservation
    noun = "reservation"
    transitions = TRANSITIONS

    def __init__(self, session: Session, stock: StockManager) -> None:
        self.session = session
        self.stock = stock
        self.effects = {
            Effect.RESERVE: self._reserve,
            Effect.RELEASE: self._release,
            Effect.SELL_RESERVED: partial(self._sell, Effect.SELL_RESERVED),
            Effect.SELL_AVAILABLE: partial(self._sell, Effect.SELL_AVAILABLE),
            Effect.RESTOCK: self._restock,
        }

    def columns(
        self, row: Reservation | None, to: Any, trigger: Trigger
    ) -> Mapping[str, Any]:
        """Return when the reservation is due: at its expiry while it holds stock."""
        expires_at = trigger.data.get("expires_at")
        due = {"expires_at": expires_at, "next_check_at": expires_at}
        if row is None:
            return {"order_id": trigger.data["order_id"], **due, "items": []}
        if trigger.name == ReservationTrigger.PROLONG:
            return _prolonged(row, trigger.data["expires_at"])
        # No transition leads back to a state that holds stock.
        return {"next_check_at": None, "attempts": 0}

    def record(
        self, row: Reservation, source: State, transition: Transition, trigger: Trigger
    ) -> None:
        """Add a line to the timeline, unless the trigger changed nothing."""
        if transition.kind is Kind.MOVE:
            self.session.add(
                ReservationHistory(
                    order_id=row.order_id,
                    from_state=source,
                    to_state=row.state,
                    reason=trigger.reason or trigger.name,
                    actor=trigger.source,
                )
            )

    def _reserve(self, row: Reservation, trigger: Trigger) -> None:
        """Reserve stock, and copy the current names and prices."""
        lines: Lines = trigger.data["lines"]
        change = STOCK_CHANGES[Effect.RESERVE]
        products = self.stock.change_all(change, lines, is_active=True)
        row.items = [
            ReservationItem(
                product_id=product_id,
                quantity=lines[product_id],
                name=product.name,
                price=product.price,
            )
            for product_id, product in products.items()
        ]

    def _release(self, row: Reservation, trigger: Trigger) -> None:
        self.stock.change_all(STOCK_CHANGES[Effect.RELEASE], row.lines)

    def _sell(self, effect: Effect, row: Reservation, trigger: Trigger) -> None:
        reference = str(row.order_id)
        self._book(effect, MovementKind.COMMIT, row, row.lines, reference)
        failpoint("stock.booked")

    def _restock(self, row: Reservation, trigger: Trigger) -> None:
        lines: Lines = trigger.data["lines"]
        _count_returned(row, lines)
        reference = trigger.data["reference"]
        self._book(Effect.RESTOCK, MovementKind.RESTOCK, row, lines, reference)

    def _book(
        self,
        effect: Effect,
        kind: MovementKind,
        row: Reservation,
        lines: Lines,
        reference: str,
    ) -> None:
        reason = f"{kind} of order {row.order_id}"
        self.stock.book(STOCK_CHANGES[effect], lines, kind, reason, reference)


def _prolonged(reservation: Reservation, wanted: datetime) -> Mapping[str, Any]:
    """Return the later expiry of a held reservation."""
    expires_at = max(wanted, reservation.expires_at or wanted)
    return {"expires_at": expires_at, "next_check_at": expires_at, "attempts": 0}


def _count_returned(reservation: Reservation, lines: Lines) -> None:
    """Add to each line's returned quantity; refuse more than was sold."""
    items = {item.product_id: item for item in reservation.items}
    for product_id, quantity in lines.items():
        item = items.get(product_id)
        if item is None or item.returned + quantity > item.quantity:
            raise Conflict(
                f"More of product {product_id} would be returned than was sold.",
                code="restock_too_large",
            )
        item.returned += quantity
