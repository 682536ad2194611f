"""The panel's tables: sessions and the log of actions."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock
from chassis.db import AuditModel, BigInt, Id, Moment, UtcDateTime


class AdminSessionMixin(AuditModel):
    """A signed-in member of staff; `id` is the hash of the secret in the cookie.

    The tokens are encrypted; only the secret in the cookie decrypts them.
    """

    __tablename__ = "admin_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInt)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[Moment] = mapped_column(UtcDateTime)
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the sessions that are over."""
        return cls.expires_at < clock.now()


class ActionLogMixin(AuditModel):
    """A change in the panel: who made it, and the row before and after."""

    __tablename__ = "action_log"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigInt)
    email: Mapped[str] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    correlation_id: Mapped[str] = mapped_column(String(128))
