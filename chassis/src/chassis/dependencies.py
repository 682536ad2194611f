"""The state of queues and other services, which `/readyz` shows to staff.

The worker records it. Web processes read the table and call no dependency, so that a
dependency that is down never slows or fails a readiness check.
"""

from typing import ClassVar

from sqlalchemy import ColumnElement, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, retention
from chassis.db import AuditModel, current_db, model


class DependencyMixin(AuditModel):
    """A queue or service with the state that the worker recorded last."""

    __tablename__ = "dependencies"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    ok: Mapped[bool]
    detail: Mapped[str] = mapped_column(String(200), default="")

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the dependencies that are no longer checked."""
        return cls.updated_at < retention.cutoff()


def record(name: str, *, ok: bool, detail: str = "") -> None:
    """Store the state of a dependency in the open transaction."""
    session, table = current_db().session, model("dependencies")
    row = session.get(table, name) or table(name=name)
    row.ok, row.detail, row.updated_at = ok, detail[:200], clock.now()
    session.add(row)
