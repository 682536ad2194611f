"""The tables of sessions: families of refresh tokens."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, or_
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import SECRET, AuditModel, BigInt, Id, Moment, UtcDateTime
from chassis.retention import cutoff
from user_svc.extensions import db


class RefreshFamily(AuditModel, db.Model):
    """A session: the chain of refresh tokens that one sign-in started."""

    __tablename__ = "refresh_families"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the sessions that ended long ago."""
        return or_(cls.expires_at < cutoff(), cls.revoked_at < cutoff())


class RefreshToken(AuditModel, db.Model):
    """The hash of a refresh token; a family has at most one unspent token."""

    __tablename__ = "refresh_tokens"

    id: Mapped[Id]
    family_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("refresh_families.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    spent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the tokens that were spent long ago."""
        return cls.spent_at < cutoff()


Index(
    "uq_refresh_tokens_one_active",
    RefreshToken.family_id,
    unique=True,
    sqlite_where=RefreshToken.spent_at.is_(None),
    postgresql_where=RefreshToken.spent_at.is_(None),
)
