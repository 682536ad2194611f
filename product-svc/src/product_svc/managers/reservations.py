"""The rules of reservations: reserve, prolong, release, commit, restock, expire."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.errors import Conflict, NotFound, Problem
from chassis.state_machine import Trigger
from product_svc.managers.reservation_machine import ReservationMachine
from product_svc.managers.stock import Lines, Short, StockManager, insufficient
from product_svc.models import (
    STOCK_GONE,
    MovementKind,
    Reservation,
    ReservationTrigger,
)


@dataclass
class Outcome:
    """The outcome of a request; the caller commits it, then raises the `refusal`.

    A refusal leaves a tombstone: a late copy of the request must not succeed when
    stock is available again.
    """

    reservation: Reservation
    refusal: Problem | None = None
    is_new: bool = False


class ReservationManager:
    """Changes an order's reservation, and stock with it, in one transaction."""

    def __init__(self, session: Session, actor: str = "system") -> None:
        self.session = session
        self.actor = actor
        self.stock = StockManager(session, actor)
        self.machine = ReservationMachine(session, self.stock)

    def get(self, order_id: int) -> Reservation:
        """Return the reservation of an order."""
        return self.machine.get(order_id)

    def find(self, order_id: int) -> Reservation | None:
        """Return the reservation of an order, locked; None when there is none."""
        return self.machine.find(order_id)

    def reserve(self, order_id: int, lines: Lines, expires_in: int) -> Outcome:
        """Reserve every line for `expires_in` seconds, or refuse the order."""
        expires_at = clock.now() + timedelta(seconds=expires_in)
        trigger = self._trigger(
            ReservationTrigger.RESERVE, order_id, lines=lines, expires_at=expires_at
        )
        refusal = None
        try:
            reservation, is_new = self._find_or_insert(order_id, trigger)
        except Short as short:
            refusal = self._refusal(lines, short.product_ids)
            refuse = self._trigger(ReservationTrigger.REFUSE, order_id, refusal.code)
            reservation, is_new = self._find_or_insert(order_id, refuse)
        if is_new:
            return Outcome(reservation, refusal, is_new=True)
        return self._repeat(reservation, trigger)

    def release(self, order_id: int, *, final: bool) -> None:
        """Release an order's stock; an order without reservation gets a tombstone.

        After a final release the order can never be committed.
        """
        name = ReservationTrigger.RELEASE_FINAL if final else ReservationTrigger.RELEASE
        trigger = self._trigger(name, order_id)
        reservation, is_new = self._find_or_insert(order_id, trigger)
        if not is_new:
            self.machine.fire(reservation, trigger)

    def commit(self, order_id: int) -> Outcome:
        """Sell an order's stock; released stock is sold if it is still available."""
        trigger = self._trigger(ReservationTrigger.COMMIT, order_id)
        try:
            reservation, _ = self._find_or_insert(order_id, trigger)
            with self.session.begin_nested():
                self.machine.fire(reservation, trigger)
        except NotFound:
            alert = {"order_id": order_id, "alert": True}
            logging.get().error("commit without reservation", **alert)
            raise
        except Short as short:
            return self._refuse_commit(order_id, short.product_ids)
        return Outcome(reservation)

    def restock(self, order_id: int, return_id: str, lines: Lines) -> Reservation:
        """Add returned goods to the stock, once for each return of the order."""
        reference = f"{order_id}:{return_id}"
        trigger = self._trigger(
            ReservationTrigger.RESTOCK,
            order_id,
            f"return {return_id}",
            lines=lines,
            reference=reference,
        )
        reservation, _ = self._find_or_insert(order_id, trigger)
        if not self.stock.is_booked(MovementKind.RESTOCK, reference):
            self.machine.fire(reservation, trigger)
        return reservation

    def prolong(self, order_id: int, expires_in: int) -> Reservation:
        """Hold an order's stock for at least `expires_in` more seconds.

        A reservation is never shortened. Raises NotFound for an order without a
        reservation, and Gone for a reservation that has ended.
        """
        expires_at = clock.now() + timedelta(seconds=expires_in)
        trigger = self._trigger(
            ReservationTrigger.PROLONG, order_id, expires_at=expires_at
        )
        reservation, _ = self._find_or_insert(order_id, trigger)
        self.machine.fire(reservation, trigger)
        return reservation

    def expire(self, order_id: int) -> bool:
        """Release a reservation past its expiry; return whether it was released.

        A reservation that another transaction has locked expires at a later lease.
        """
        reservation = self.machine.find(order_id, skip_locked=True)
        if reservation is None or not reservation.is_due(clock.now()):
            return False
        trigger = self._trigger(ReservationTrigger.EXPIRE, order_id)
        self.machine.fire(reservation, trigger)
        return True

    def _trigger(
        self,
        name: ReservationTrigger,
        order_id: int,
        reason: str = "",
        **data: Any,
    ) -> Trigger:
        return Trigger(name, self.actor, reason, {"order_id": order_id, **data})

    def _find_or_insert(
        self, order_id: int, trigger: Trigger
    ) -> tuple[Reservation, bool]:
        """Return the order's locked reservation, and whether it is new.

        Without a reservation the trigger inserts one.
        """
        return self.machine.insert_once(lambda: self.machine.find(order_id), trigger)

    def _repeat(self, reservation: Reservation, reserve: Trigger) -> Outcome:
        """Answer a repeated request with the reservation that the first one made."""
        self.machine.fire(reservation, reserve)
        if reservation.lines != reserve.data["lines"]:
            message = "This order has a reservation of other products or quantities."
            raise Conflict(message, code="reservation_mismatch")
        return Outcome(reservation)

    def _refuse_commit(self, order_id: int, product_ids: Iterable[int]) -> Outcome:
        reservation = self.machine.lock(order_id)  # the savepoint has restored the row
        items = self.stock.short_lines(_only(reservation.lines, product_ids))
        refusal = Conflict(STOCK_GONE.reason, code=STOCK_GONE.code, items=items)
        trigger = self._trigger(ReservationTrigger.REFUSE, order_id, refusal.code)
        self.machine.fire(reservation, trigger)
        return Outcome(reservation, refusal)

    def _refusal(self, lines: Lines, product_ids: Iterable[int]) -> Problem:
        """Return the problem of lines that could not be reserved."""
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


def _only(lines: Lines, product_ids: Iterable[int]) -> dict[int, int]:
    return {product_id: lines[product_id] for product_id in product_ids}
