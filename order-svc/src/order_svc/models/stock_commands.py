"""Commands to product-svc: compensations, restocks and longer reservations."""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, correlation
from chassis.db import AuditModel, BigInt, Id, Moment, UtcDateTime, among
from order_svc.config import Settings
from order_svc.extensions import db
from order_svc.models.orders import Lines


class StockCommandKind(StrEnum):
    """What product-svc is asked to do with the order's stock."""

    RELEASE = "release"
    RELEASE_FINAL = "release_final"
    RESTOCK = "restock"
    PROLONG = "prolong"


class StockCommandState(StrEnum):
    """The answer of product-svc; `done` and `refused` are both final."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


class StockCommand(AuditModel, db.Model):
    """A command to product-svc, inserted by the transition and sent until answered.

    `next_check_at` is NULL once product-svc has answered.
    """

    __tablename__ = "stock_commands"
    logs_inserts: ClassVar[bool] = False
    __table_args__ = (
        UniqueConstraint("order_id", "return_id"),
        CheckConstraint(among("kind", StockCommandKind), name="kind_known"),
        CheckConstraint(among("state", StockCommandState), name="state_known"),
        Index("ix_stock_commands_next_check_at", "next_check_at"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("orders.id", ondelete="CASCADE")
    )
    kind: Mapped[StockCommandKind] = mapped_column(String(20))
    state: Mapped[StockCommandState] = mapped_column(
        String(20), default=StockCommandState.PENDING
    )
    return_id: Mapped[str | None] = mapped_column(String(100))
    items: Mapped[Lines | None] = mapped_column(JSON(none_as_null=True))
    answer: Mapped[str | None] = mapped_column(String(100))
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select commands answered OWED_DAYS ago; restocks are kept, as a limit."""
        age = timedelta(days=Settings.current().owed_days)
        return and_(
            cls.state != StockCommandState.PENDING,
            cls.kind != StockCommandKind.RESTOCK,
            cls.updated_at < clock.now() - age,
        )
