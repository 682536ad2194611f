"""The tables of mails and of the tokens in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import PERSONAL, SECRET, AuditModel, BigInt, Id, Moment, UtcDateTime
from chassis.retention import cutoff
from user_svc.extensions import db


class MailKind(StrEnum):
    """A kind of mail; for RESET and VERIFY also the purpose of the token in it."""

    RESET = "reset_password"
    VERIFY = "verify_email"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    LOCKED_OUT = "locked_out"


class Mail(AuditModel, db.Model):
    """The outbox of mails; a row holds neither the text nor the token of its mail.

    `next_check_at` is NULL when nothing is left to do. `email` is cleared once the mail
    is finished or has expired. Without a `user_id`, `email` is what somebody typed, and
    the worker finds the account.
    """

    __tablename__ = "mails"

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(String(32), unique=True, info=SECRET)
    kind: Mapped[str] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254), info=PERSONAL)
    user_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the mails that became too old to send long ago."""
        return cls.expires_at < cutoff()


class OneTimeToken(AuditModel, db.Model):
    """The hash of a mailed token, and the address that it was mailed to."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (Index(None, "user_id", "purpose"),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE")
    )
    email: Mapped[str] = mapped_column(String(254), info=PERSONAL)
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the tokens that became invalid long ago."""
        return cls.expires_at < cutoff()
