"""How payments and refunds move: the row, its history and what is said."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from payment_svc.config import Settings
from payment_svc.models import Move


class Moves:
    """What both tables share: who acts, by which settings, in whose session."""

    def __init__(self, session: Session, settings: Settings, actor: str) -> None:
        self.session = session
        self.settings = settings
        self.actor = actor

    def change(self, table: Table, row_id: int, source: str, **values: Any) -> None:
        """Change a row that is still in the state `source`."""
        self.session.flush()
        key = next(iter(table.primary_key))
        changed = self.session.execute(
            update(table).where(key == row_id, table.c.state == source).values(**values)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise Conflict("It has moved meanwhile; ask again.")

    def cell(
        self, table: Mapping[Any, Move[Any]], source: str | None, trigger: str
    ) -> Move[Any]:
        """Return the cell of a table, or refuse what cannot happen."""
        move = table.get((source, trigger))
        if move is None:
            raise Conflict(
                f"What is {source or 'not there'} does not take {trigger}.",
                code="impossible_transition",
            )
        return move
