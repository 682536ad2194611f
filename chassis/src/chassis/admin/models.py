"""The panel's table of sessions."""

from typing import ClassVar

from sqlalchemy import ColumnElement, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock
from chassis.db import AuditModel, BigInt, Moment, UtcDateTime


class AdminSessionMixin(AuditModel):
    """A signed-in member of staff; `id` is the hash of the secret in the cookie.

    The tokens are encrypted; only the secret in the cookie decrypts them.
    """

    __tablename__ = "admin_sessions"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

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
