"""I13: every state was reached by legal transitions, each recorded.

The legal transitions are those of the services' own tables.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from chassis.state_machine import Kind, Table
from devtools.audit.books import Books, Found, Rows
from order_svc.models import STATUSES, HistoryKind
from order_svc.models import TRANSITIONS as ORDERS
from payment_svc.models import PAYMENT_TRANSITIONS as PAYMENTS
from payment_svc.models import REFUND_TRANSITIONS as REFUNDS
from payment_svc.models import status_of
from product_svc.models import TRANSITIONS as RESERVATIONS

MOVE = ("from_state", "to_state")
MOVE_BY = ("from_state", "trigger", "to_state")  # the history keeps the trigger too
RECORDED = (Kind.MOVE, Kind.ACKNOWLEDGE)
Edge = tuple[str | None, ...]


@dataclass(frozen=True)
class Machine:
    """A state machine: its rows, their history, and the legal transitions."""

    name: str
    history: Callable[[Books], Iterable[Any]]
    owner: str  # the column of the history that names the row
    rows: Callable[[Books], Rows]
    key: str
    edges: set[Edge]
    columns: tuple[str, ...] = MOVE

    def edge(self, row: Any) -> Edge:
        """Return a row of history as an edge."""
        return tuple(getattr(row, column) for column in self.columns)


def illegal_histories(books: Books) -> Found:
    """I13: an edge that is not in the table, a gap, an end that is not the state."""
    for machine in MACHINES:
        yield from _check(machine, books)
    yield from _wrong_statuses(books)


def _check(machine: Machine, books: Books) -> Found:
    """Follow the history of each object from its creation to its current state."""
    states = {getattr(row, machine.key): row.state for row in machine.rows(books)}
    ends: dict[int, str | None] = dict.fromkeys(states)
    history = sorted(
        machine.history(books), key=lambda row: (getattr(row, machine.owner), row.id)
    )
    for owner, rows in groupby(history, key=lambda row: getattr(row, machine.owner)):
        ends[owner] = yield from _walk(machine, owner, rows)
    for owner, end in ends.items():
        if end != states.get(owner):
            state = str(states.get(owner))
            yield {machine.name: owner, "state": state, "history ends in": str(end)}


def _walk(machine: Machine, owner: int, rows: Iterable[Any]) -> Any:
    """Yield what is wrong with one history; return the state in which it ends."""
    at: str | None = None
    for row in rows:
        edge = machine.edge(row)
        shown = " → ".join(map(str, edge))
        if edge not in machine.edges:
            yield {machine.name: owner, "illegal move": shown}
        if row.from_state != at:
            yield {machine.name: owner, "gap": f"was {at}, then {shown}"}
        at = row.to_state
    return at


def _wrong_statuses(books: Books) -> Found:
    """Compare the status that clients see with the state."""
    for row in books.orders:
        if row.status != STATUSES.get(row.state):
            yield {"order": row.id, "state": str(row.state), "status": str(row.status)}
    for row in books.payments:
        if row.status != _payment_status(row):
            yield {
                "payment": row.id,
                "state": str(row.state),
                "status": str(row.status),
            }


def _payment_status(row: Any) -> str | None:
    amounts = (row.captured_amount, row.amount_refunded)
    try:
        return status_of(row.state, row.closing_reason, *amounts)
    except KeyError:  # closed without a reason
        return None


def _order_moves(books: Books) -> list[Any]:
    return [row for row in books.order_history if row.kind == HistoryKind.STATE]


def _moves(table: Table) -> set[Edge]:
    """Return the edges of a history that records moves, without their triggers."""
    return {
        (state, transition.to or state)
        for (state, _), transition in table.items()
        if transition.kind is Kind.MOVE
    }


def _recorded(table: Table) -> set[Edge]:
    """Return the edges of a history that records triggers, also acknowledged ones."""
    return {
        (state, trigger, transition.to or state)
        for (state, trigger), transition in table.items()
        if transition.kind in RECORDED
    }


MACHINES = (
    Machine(
        "order",
        _order_moves,
        "order_id",
        lambda books: books.orders,
        "id",
        {edge for edge in _moves(ORDERS) if edge[0] != edge[1]},
    ),
    Machine(
        "reservation",
        lambda books: books.reservation_history,
        "order_id",
        lambda books: books.reservations,
        "order_id",
        _moves(RESERVATIONS),
    ),
    Machine(
        "payment",
        lambda books: books.payment_history,
        "payment_id",
        lambda books: books.payments,
        "id",
        _recorded(PAYMENTS),
        MOVE_BY,
    ),
    Machine(
        "refund",
        lambda books: books.refund_history,
        "refund_id",
        lambda books: books.refunds,
        "id",
        _recorded(REFUNDS),
        MOVE_BY,
    ),
)
