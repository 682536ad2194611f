"""The tables: users, their sessions, service clients and the keys that sign tokens."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.admin import ActionLogMixin, AdminSessionMixin
from chassis.db import BigInt, Id, Moment, Timestamps, UtcDateTime
from chassis.health import NeighbourMixin
from chassis.idempotency import IdempotencyKeyMixin
from user_svc.extensions import db


class Role(StrEnum):
    """What a user may do; each includes the one before."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ADMIN = "admin"


class AuditModel(Timestamps, db.Model):
    """When a row was made and last changed: the base of the service's own tables."""

    __abstract__ = True


class User(AuditModel):
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


class RefreshFamily(AuditModel):
    """A session: the chain of refresh tokens that began at one sign-in."""

    __tablename__ = "refresh_families"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RefreshToken(AuditModel):
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


class SigningKey(AuditModel):
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


class ServiceClient(AuditModel):
    """A service that may have tokens, kept in step with SERVICE_CLIENTS."""

    __tablename__ = "service_clients"

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    audiences: Mapped[list[str]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)


class IdempotencyKey(IdempotencyKeyMixin, db.Model):
    """A key that a client gave a request, and its answer."""


class Neighbour(NeighbourMixin, db.Model):
    """Another process as the worker last saw it."""


class AdminSession(AdminSessionMixin, db.Model):
    """A member of staff signed in to the panel."""


class ActionLog(ActionLogMixin, db.Model):
    """What staff changed in the panel."""
