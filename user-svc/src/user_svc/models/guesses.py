"""The tables that limit guessing: counts of attempts, and known addresses."""

from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock
from chassis.db import AuditModel, BigInt, UtcDateTime
from chassis.retention import cutoff
from user_svc.config import Settings
from user_svc.extensions import db


class GuessCount(AuditModel, db.Model):
    """The failed attempts of a subject; `subject` is a MAC of what is counted.

    No attempt is accepted before `locked_until`.
    """

    __tablename__ = "guess_counts"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=clock.now, index=True
    )

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the counts whose last attempt is LOCKOUT_HOURS ago."""
        hours = Settings.current().lockout_hours
        return cls.tried_at < clock.now() - timedelta(hours=hours)


class KnownAddress(AuditModel, db.Model):
    """An address from which a user has signed in; `address` is a MAC of it."""

    __tablename__ = "known_addresses"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=clock.now, index=True
    )

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the addresses that were not used for a long time."""
        return cls.seen_at < cutoff()
