"""The tables: users, sessions, mails and tokens, service clients and signing keys."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.admin import ActionLogMixin, AdminSessionMixin
from chassis.db import BigInt, Id, Moment, Timestamps, UtcDateTime
from chassis.web.health import DependencyMixin
from chassis.web.idempotency import IdempotencyKeyMixin
from user_svc.extensions import db


class Role(StrEnum):
    """What a user may do; each role includes the rights of the one before."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ADMIN = "admin"


class MailKind(StrEnum):
    """A kind of mail; for RESET and VERIFY also the purpose of the token in it."""

    RESET = "reset_password"
    VERIFY = "verify_email"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105


class AuditModel(Timestamps, db.Model):
    """When a row was made and last changed: the base of the service's own tables."""

    __abstract__ = True


class User(AuditModel):
    """A person with an account; a deleted user keeps the id and no personal data.

    `email_key` is the normalized address in lower case, so that two spellings of one
    address collide on every database.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('customer', 'staff', 'admin')", name="role"),
        Index(None, "created_at", "id"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(20), default=Role.CUSTOMER)
    is_active: Mapped[bool] = mapped_column(default=True)
    email_verified: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RefreshFamily(AuditModel):
    """A session: the chain of refresh tokens that one sign-in started."""

    __tablename__ = "refresh_families"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RefreshToken(AuditModel):
    """The hash of a refresh token; a family has at most one unspent token."""

    __tablename__ = "refresh_tokens"

    id: Mapped[Id]
    family_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("refresh_families.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    spent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


Index(
    "uq_refresh_tokens_one_active",
    RefreshToken.family_id,
    unique=True,
    sqlite_where=RefreshToken.spent_at.is_(None),
    postgresql_where=RefreshToken.spent_at.is_(None),
)


class OneTimeToken(AuditModel):
    """The hash of a mailed token, and the address that it was mailed to."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (Index(None, "user_id", "purpose"),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE")
    )
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mail(AuditModel):
    """The outbox of mails; a row holds neither the text nor the token of its mail.

    `next_check_at` is NULL when nothing is left to do. `email` is cleared once the mail
    is finished or has expired. For RESET, `email` is what somebody typed, and `user_id`
    is NULL: the worker finds the account.
    """

    __tablename__ = "mails"

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SigningKey(AuditModel):
    """A key pair that signs access tokens from `active_from` until its successor does.

    The generation is unique, so that only one of several replicas adds the next key.
    """

    __tablename__ = "signing_keys"

    id: Mapped[Id]
    generation: Mapped[int] = mapped_column(unique=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    private_key: Mapped[str] = mapped_column(Text)  # encrypted
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    active_from: Mapped[Moment] = mapped_column(UtcDateTime)


class ServiceClient(AuditModel):
    """A service that may request tokens; the rows follow SERVICE_CLIENTS."""

    __tablename__ = "service_clients"

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    audiences: Mapped[list[str]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)


class IdempotencyKey(IdempotencyKeyMixin, db.Model):
    """A key that a client gave a request, and its answer."""


class Dependency(DependencyMixin, db.Model):
    """Another process as the worker last saw it."""


class AdminSession(AdminSessionMixin, db.Model):
    """A member of staff signed in to the panel."""


class ActionLog(ActionLogMixin, db.Model):
    """What staff changed in the panel."""
