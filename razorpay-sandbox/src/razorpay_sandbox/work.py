"""One transaction's worth of work on the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from razorpay_sandbox.config import Settings
from razorpay_sandbox.tables import Base, Numbered

T = TypeVar("T", bound=Base)


@dataclass
class Work:
    """A transaction, the moment it happens at and what it is allowed to know."""

    session: Session
    moment: float
    settings: Settings
    has_receiver: bool
    events: list[str] = field(default_factory=list)

    @property
    def now(self) -> int:
        """Return the moment in whole Unix seconds."""
        return int(self.moment)

    def add(self, row: T) -> T:
        """Write a new row at once, so that later queries see it."""
        if isinstance(row, Numbered):
            last = self.session.scalar(select(func.max(type(row).number)))
            row.number = (last or 0) + 1
        self.session.add(row)
        self.session.flush()
        return row

    def find(self, table: type[T], **values: Any) -> T | None:
        """Return the row with these values, if there is one."""
        return self.session.scalars(select(table).filter_by(**values)).first()

    def page(
        self,
        table: type[T],
        conditions: Sequence[ColumnElement[bool]],
        count: int,
        skip: int,
    ) -> Sequence[T]:
        """Return a part of the rows that meet the conditions, the newest first."""
        rows: Any = table
        query = select(table).where(*conditions)
        query = query.order_by(rows.number.desc()).limit(count)
        return self.session.scalars(query.offset(skip)).all()
