"""How a reservation moves: its row, its history, its products and their ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from product_svc.managers.stock import Lines, StockManager
from product_svc.models import (
    TRANSITIONS,
    Move,
    MovementKind,
    Reservation,
    ReservationHistory,
    ReservationState,
    StockMovement,
    Trigger,
)

Moved = dict[int, Row[Any]]  # product id: its row after the move


class Short(Exception):
    """Some lines cannot be had (`product_ids`); nothing was moved."""

    def __init__(self, product_ids: Sequence[int]) -> None:
        super().__init__(f"short of {product_ids}")
        self.product_ids = product_ids


class Moves:
    """Makes the moves of the table, each with its trace.

    The reservation is locked first, then its products by id, so that two transactions
    never wait for each other.
    """

    def __init__(self, session: Session, actor: str) -> None:
        self.session = session
        self.actor = actor
        self.stock = StockManager(session, actor)

    def find(self, order_id: int, *, skip_locked: bool = False) -> Reservation | None:
        """Return a reservation that stays as it is until the transaction ends."""
        lock = {"skip_locked": skip_locked}
        return self.session.get(Reservation, order_id, with_for_update=lock)

    def enter(self, order_id: int, trigger: Trigger) -> tuple[Reservation, bool]:
        """Return an order's reservation, locked, and whether it was just made."""
        found = self.find(order_id)
        if found is not None:
            return found, False
        made = Reservation(order_id=order_id, state=TRANSITIONS[None, trigger].to)
        try:
            with self.session.begin_nested():
                self.session.add(made)
        except IntegrityError:  # a twin of the request was faster
            return self.session.get_one(
                Reservation, order_id, with_for_update={}
            ), False
        return made, True

    def become(
        self,
        reservation: Reservation,
        source: ReservationState | None,
        trigger: Trigger,
        reason: str = "",
        **values: Any,
    ) -> None:
        """Change the state from `source`, with a row of history."""
        target = TRANSITIONS[source, trigger].to
        changed = self.session.execute(
            update(Reservation)
            .where(Reservation.order_id == reservation.order_id)
            .where(Reservation.state == (source or reservation.state))
            .values(state=target, **values)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise Conflict("The reservation has moved meanwhile; ask again.")
        self.session.add(
            ReservationHistory(
                order_id=reservation.order_id,
                from_state=source,
                to_state=target,
                reason=reason or trigger,
                actor=self.actor,
            )
        )
        self.session.flush()

    def take(self, move: Move, lines: Lines, **only: Any) -> Moved:
        """Move the stock of every line or of none (raises Short)."""
        with self.session.begin_nested():
            rows = {
                product_id: self.stock.move(
                    product_id,
                    stock=move.stock * lines[product_id],
                    reserved=move.reserved * lines[product_id],
                    **only,
                )
                for product_id in sorted(lines)
            }
            short = [product_id for product_id, row in rows.items() if row is None]
            if short or not rows:
                raise Short(short)
        return {product_id: row for product_id, row in rows.items() if row is not None}

    def book(
        self, kind: MovementKind, sign: int, lines: Lines, rows: Moved, reference: str
    ) -> None:
        """Write the ledger of a move that changed the stock itself."""
        for product_id, row in rows.items():
            self.stock.record(
                product_id,
                sign * lines[product_id],
                row.stock_quantity,
                kind,
                f"{kind} of order {reference.partition(':')[0]}",
                reference,
            )

    def is_booked(self, kind: MovementKind, reference: str) -> bool:
        """Say whether the ledger knows a sale or return already."""
        statement = select(StockMovement.id).filter_by(kind=kind, reference=reference)
        return self.session.scalar(statement.limit(1)) is not None
