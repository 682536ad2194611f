"""Triage: a person decides for each failed message whether to retry or to drop it."""

from sqlalchemy import ColumnElement, String, and_, func, select
from sqlalchemy.orm import Mapped, mapped_column

from chassis import logging, retention
from chassis.db import AuditModel, current_db, model
from chassis.errors import Conflict, Unprocessable

# AGAIN asks the worker to retry; GONE has left its queue without a decision.
WAITING, AGAIN, DONE, DROPPED, GONE = "waiting", "again", "done", "dropped", "gone"
OVER = (DONE, DROPPED, GONE)


class TriageMixin(AuditModel):
    """A failed message: what a person decided, why, and how far the worker came."""

    state: Mapped[str] = mapped_column(
        String(20), default=WAITING, server_default=WAITING, index=True
    )
    note: Mapped[str | None] = mapped_column(String(500))

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the messages whose triage ended long ago."""
        return and_(cls.state.in_(OVER), cls.updated_at < retention.cutoff())

    def retry(self) -> None:
        """Ask the worker to handle the message again."""
        self._check_waiting()
        self.state, self.note = AGAIN, None

    def drop(self, reason: str | None) -> None:
        """Drop the message, with a reason."""
        self._check_waiting()
        self.note = (reason or "").strip()[:500]
        if not self.note:
            errors = {"note": ["A reason is needed."]}
            raise Unprocessable("Give a reason.", errors=errors)
        self.state = DROPPED

    def _check_waiting(self) -> None:
        if self.state != WAITING:
            detail = f"This message is no longer waiting: it is {self.state}."
            raise Conflict(detail)


def waiting(table: str) -> int:
    """Return how many messages of a table wait for a decision."""
    rows = select(func.count()).where(model(table).state == WAITING)
    return current_db().session.scalar(rows) or 0


def remind() -> int:
    """Alert again about messages that still wait; return 0: nothing is handled."""
    for table in ("quarantine", "dead_letters"):
        if left := waiting(table):
            logging.get().error(f"{table} needs triage", left=left, alert=True)
    current_db().session.rollback()
    return 0
