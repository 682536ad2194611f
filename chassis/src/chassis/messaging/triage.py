"""Messages that wait for a person: tried again or dropped, and why."""

from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from chassis import logging
from chassis.db import current_db, model
from chassis.errors import Conflict, Unprocessable

# A wish for AGAIN is the worker's to obey; GONE has left without either.
WAITING, AGAIN, DONE, DROPPED, GONE = "waiting", "again", "done", "dropped", "gone"
OVER = (DONE, DROPPED, GONE)


class DecisionMixin:
    """What a person has decided of a message, why, and what has come of it."""

    state: Mapped[str] = mapped_column(
        String(20), default=WAITING, server_default=WAITING, index=True
    )
    note: Mapped[str | None] = mapped_column(String(500))


def decide(row: Any, state: str, note: str | None = "") -> None:
    """Wish a waiting message tried AGAIN, or take it as DROPPED for a reason."""
    if row.state != WAITING:
        raise Conflict(f"It waits no longer: it is {row.state}.")
    why = (note or "").strip()[:500]
    if state == DROPPED and not why:
        raise Unprocessable("Say why.", errors={"note": ["A reason is needed."]})
    row.state, row.note = state, why or None


def waiting(table: str) -> int:
    """Return how many messages of a table wait for a decision."""
    rows = select(func.count()).where(model(table).state == WAITING)
    return current_db().session.scalar(rows) or 0


def remind() -> int:
    """Raise the alarm again for what still waits; return 0, nothing is done."""
    for table in ("quarantine", "dead_letters"):
        if left := waiting(table):
            logging.get().error(f"{table} waits for a person", left=left, alert=True)
    current_db().session.rollback()
    return 0
