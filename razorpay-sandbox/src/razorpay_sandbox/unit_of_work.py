"""A unit of work: one transaction on the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from razorpay_sandbox.config import Settings
from razorpay_sandbox.models import Base, Numbered

T = TypeVar("T", bound=Base)


@dataclass
class UnitOfWork:
    """One transaction with its time, the settings and the events it stored."""

    session: Session
    time: float
    settings: Settings
    sends_webhooks: bool
    events: list[str] = field(default_factory=list)

    @property
    def now(self) -> int:
        """Return the time of this transaction in whole Unix seconds."""
        return int(self.time)

    def add(self, row: T) -> T:
        """Insert a row and flush it, so that later queries see it."""
        if isinstance(row, Numbered):
            last = self.session.scalar(select(func.max(type(row).number)))
            row.number = (last or 0) + 1
        self.session.add(row)
        self.session.flush()
        return row

    def find(self, table: type[T], **values: Any) -> T | None:
        """Return the first row with these values, or None."""
        return self.session.scalars(select(table).filter_by(**values)).first()

    def page(
        self,
        table: type[T],
        conditions: Sequence[ColumnElement[bool]],
        count: int,
        skip: int,
    ) -> Sequence[T]:
        """Return `count` matching rows after the first `skip`, newest first."""
        rows: Any = table
        query = select(table).where(*conditions)
        query = query.order_by(rows.number.desc()).limit(count)
        return self.session.scalars(query.offset(skip)).all()
