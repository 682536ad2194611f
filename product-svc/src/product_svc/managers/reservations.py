"""Reservations: what orders hold, by the table of legal transitions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.errors import Conflict, NotFound, Problem
from chassis.failpoints import failpoint
from product_svc.managers import refusals
from product_svc.managers.moves import Moved, Moves, Short
from product_svc.managers.stock import Lines, StockManager, insufficient
from product_svc.models import (
    TRANSITIONS,
    Answer,
    MovementKind,
    Reservation,
    ReservationItem,
    ReservationState,
    Trigger,
)


@dataclass
class Outcome:
    """A reservation after a trigger; a `refusal` is answered once it is committed.

    It leaves a tombstone: a late copy of the request must not succeed when stock is
    free again.
    """

    reservation: Reservation
    refusal: Problem | None = None
    is_new: bool = False


class ReservationManager:
    """Moves the reservation of an order, and stock with it, in one transaction."""

    def __init__(self, session: Session, actor: str = "system") -> None:
        self.session = session
        self.stock = StockManager(session, actor)
        self.moves = Moves(session, actor)

    def get(self, order_id: int) -> Reservation:
        """Return the reservation of an order."""
        reservation = self.session.get(Reservation, order_id)
        if reservation is None:
            raise _unknown(order_id)
        return reservation

    def reserve(self, order_id: int, lines: Lines, expires_in: int) -> Outcome:
        """Hold every line for so many seconds, or refuse the order for good."""
        reservation, is_new = self.moves.enter(order_id, Trigger.RESERVE)
        if not is_new:
            return _again(reservation, lines)
        move = TRANSITIONS[None, Trigger.RESERVE]
        try:
            rows = self.moves.take(move, lines, is_active=True)
        except Short as short:
            return self._refuse(reservation, None, self._why(lines, short.product_ids))
        reservation.items = _snapshot(lines, rows)
        until = clock.now() + timedelta(seconds=expires_in)
        self.moves.become(reservation, None, Trigger.RESERVE, expires_at=until)
        return Outcome(reservation, is_new=True)

    def release(self, order_id: int, *, final: bool) -> None:
        """Let go of what an order holds; what is not there gets a tombstone."""
        trigger = Trigger.RELEASE_FINAL if final else Trigger.RELEASE
        reservation, is_new = self.moves.enter(order_id, trigger)
        if is_new:
            self.moves.become(reservation, None, trigger)
        else:
            self._step(reservation, trigger)

    def commit(self, order_id: int) -> Outcome:
        """Take an order's stock for good, off the shelf again if it was let go."""
        reservation = self.moves.find(order_id)
        if reservation is None:
            logging.get().error(
                "commit without reservation", order_id=order_id, alert=True
            )
            raise _unknown(order_id)
        try:
            self._step(reservation, Trigger.COMMIT)
        except Short as short:
            lines = _only(reservation.lines, short.product_ids)
            items = self.stock.short_lines(lines)
            refusal = refusals.problem(Answer.LOST, items=items)
            return self._refuse(reservation, reservation.state, refusal)
        return Outcome(reservation)

    def restock(self, order_id: int, return_id: str, lines: Lines) -> Reservation:
        """Put returned goods back on the shelf, once for each return of the order."""
        reservation = self.moves.find(order_id)
        refusals.check(reservation and reservation.state, Trigger.RESTOCK)
        if reservation is None:
            raise _unknown(order_id)
        reference = f"{order_id}:{return_id}"
        if self.moves.is_booked(MovementKind.RESTOCK, reference):
            return reservation
        _give_back(reservation, lines)
        move = TRANSITIONS[reservation.state, Trigger.RESTOCK]
        rows = self.moves.take(move, lines)
        self.moves.book(MovementKind.RESTOCK, move.stock, lines, rows, reference)
        reason = f"return {return_id}"
        self.moves.become(reservation, reservation.state, Trigger.RESTOCK, reason)
        return reservation

    def expire(self, order_id: int) -> bool:
        """Let go of a reservation whose time is over; say whether it was so.

        One that somebody else has locked is left to the next sweep.
        """
        reservation = self.moves.find(order_id, skip_locked=True)
        if reservation is None or not reservation.is_due(clock.now()):
            return False
        self._step(reservation, Trigger.EXPIRE)
        return True

    def due(self, limit: int = 100) -> Sequence[int]:
        """Return the order ids of reservations whose time is over."""
        statement = (
            select(Reservation.order_id)
            .where(Reservation.state == ReservationState.HELD)
            .where(Reservation.expires_at < clock.now())
            .order_by(Reservation.expires_at)
        )
        return self.session.scalars(statement.limit(limit)).all()

    def prune(self, before: datetime) -> int:
        """Forget tombstones that no message can be late for any more."""
        gone = self.session.execute(
            delete(Reservation)
            .where(Reservation.state.in_(refusals.TOMBSTONES))
            .where(Reservation.updated_at < before)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]

    def _step(self, reservation: Reservation, trigger: Trigger) -> None:
        """Make the legal move with all its lines; refuse, or find it made already."""
        refusals.check(reservation.state, trigger)
        move = TRANSITIONS.get((reservation.state, trigger))
        if move is None:
            return
        if move.stock or move.reserved:
            lines = reservation.lines
            rows = self.moves.take(move, lines)
            if move.stock:
                order = str(reservation.order_id)
                self.moves.book(MovementKind.COMMIT, move.stock, lines, rows, order)
                failpoint("stock.booked")
        self.moves.become(reservation, reservation.state, trigger)

    def _refuse(
        self,
        reservation: Reservation,
        source: ReservationState | None,
        refusal: Problem,
    ) -> Outcome:
        self.moves.become(reservation, source, Trigger.REFUSE, refusal.code)
        return Outcome(reservation, refusal)

    def _why(self, lines: Lines, product_ids: Iterable[int]) -> Problem:
        """Return the problem of lines that could not be had."""
        wanted = _only(lines, product_ids)
        sold = [row.id for row in self.stock.availability(wanted) if row.is_active]
        unknown = sorted(wanted.keys() - set(sold))
        if not unknown:
            return insufficient(self.stock.short_lines(wanted))
        return Conflict(
            f"Not on sale: {', '.join(map(str, unknown))}.",
            code="unknown_product",
            product_ids=unknown,
        )


def _unknown(order_id: int) -> NotFound:
    return NotFound(f"There is no reservation of order {order_id}.")


def _only(lines: Lines, product_ids: Iterable[int]) -> dict[int, int]:
    return {product_id: lines[product_id] for product_id in product_ids}


def _snapshot(lines: Lines, rows: Moved) -> list[ReservationItem]:
    return [
        ReservationItem(
            product_id=product_id,
            quantity=lines[product_id],
            name=row.name,
            price=row.price,
        )
        for product_id, row in rows.items()
    ]


def _again(reservation: Reservation, lines: Lines) -> Outcome:
    refusals.check(reservation.state, Trigger.RESERVE)
    if reservation.lines != lines:
        raise Conflict("This order holds other lines.", code="reservation_mismatch")
    return Outcome(reservation)


def _give_back(reservation: Reservation, lines: Lines) -> None:
    """Count the returns of each line, never more than was taken."""
    items = {item.product_id: item for item in reservation.items}
    for product_id, quantity in lines.items():
        item = items.get(product_id)
        if item is None or item.returned + quantity > item.quantity:
            raise Conflict(
                f"More of product {product_id} would come back than was taken.",
                code="restock_too_large",
            )
        item.returned += quantity
