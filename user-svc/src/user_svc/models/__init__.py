"""The tables: users, sessions, what is mailed, service clients and signing keys."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import AuditModel, BigInt, Id, Moment, UtcDateTime
from user_svc.extensions import db
from user_svc.models.chassis_tables import (
    ActionLog,
    AdminSession,
    Dependency,
    IdempotencyKey,
)


class Role(StrEnum):
    """What a user may do; each includes the one before."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ADMIN = "admin"


class Letter(StrEnum):
    """The kinds of mail; the first two carry a token, whose purpose they are."""

    RESET = "reset_password"
    VERIFY = "verify_email"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105


class User(AuditModel, db.Model):
    """A person with an account; a deleted one keeps its id and nothing personal.

    `email_key` is what two spellings of one address share: unique without regard to
    case on every database.
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


class RefreshFamily(AuditModel, db.Model):
    """A session: the chain of refresh tokens that began at one sign-in."""

    __tablename__ = "refresh_families"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RefreshToken(AuditModel, db.Model):
    """One refresh token, as a hash; a family has at most one that is not spent."""

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


class OneTimeToken(AuditModel, db.Model):
    """A token that was mailed, as a hash, for the address that it was mailed to."""

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


class Mail(AuditModel, db.Model):
    """A mail on its way; neither its text nor a token, which are made at sending.

    `name` is in its Message-ID. `email` goes when it is done or too late; a reset's is
    what somebody typed, and `user_id` is not known yet.
    """

    __tablename__ = "mails"
    __table_args__ = (Index(None, "done_at", "due_at"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(32), unique=True)
    letter: Mapped[str] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Moment] = mapped_column(UtcDateTime)
    give_up_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SigningKey(AuditModel, db.Model):
    """A key pair that signs access tokens, from its moment on until the next one's.

    The generation is unique, so that of several replicas one makes the next key.
    """

    __tablename__ = "signing_keys"

    id: Mapped[Id]
    generation: Mapped[int] = mapped_column(unique=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    private_key: Mapped[str] = mapped_column(Text)  # sealed under SIGNING_KEY_SECRET
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    active_from: Mapped[Moment] = mapped_column(UtcDateTime)


class ServiceClient(AuditModel, db.Model):
    """A service that may have tokens, kept in step with SERVICE_CLIENTS."""

    __tablename__ = "service_clients"

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    audiences: Mapped[list[str]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)


__all__ = [
    "ActionLog",
    "AdminSession",
    "Dependency",
    "IdempotencyKey",
    "Letter",
    "Mail",
    "OneTimeToken",
    "RefreshFamily",
    "RefreshToken",
    "Role",
    "ServiceClient",
    "SigningKey",
    "User",
]
