"""The table `action_log`."""

from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, ColumnElement, String, false
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock
from chassis.config import settings
from chassis.db import AuditModel, BigInt, Id


class ActionLogMixin(AuditModel):
    """A change of one row: who made it and how, and the changed columns.

    A created row has no `before`, a deleted row no `after`.
    """

    __tablename__ = "action_log"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    id: Mapped[Id]
    actor: Mapped[str] = mapped_column(String(100), server_default="", index=True)
    role: Mapped[str] = mapped_column(String(20), server_default="")
    source: Mapped[str] = mapped_column(String(10), server_default="panel")
    user_id: Mapped[int | None] = mapped_column(BigInt)
    email: Mapped[str | None] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(120))
    model: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(80), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    correlation_id: Mapped[str] = mapped_column(String(128), index=True)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the rows that are older than ACTION_LOG_DAYS; none if that is 0."""
        days = settings().action_log_days
        return cls.created_at < clock.now() - timedelta(days=days) if days else false()
