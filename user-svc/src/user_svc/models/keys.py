"""The tables of signing keys and of service clients."""

from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import SECRET, AuditModel, Id, Moment, UtcDateTime
from user_svc.extensions import db


class SigningKey(AuditModel, db.Model):
    """A key pair that signs access tokens from `active_from` until its successor does.

    The generation is unique, so that only one of several replicas adds the next key.
    """

    __tablename__ = "signing_keys"

    id: Mapped[Id]
    generation: Mapped[int] = mapped_column(unique=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    private_key: Mapped[str] = mapped_column(Text, info=SECRET)  # encrypted
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    active_from: Mapped[Moment] = mapped_column(UtcDateTime)


class ServiceClient(AuditModel, db.Model):
    """A service that may request tokens; the rows follow SERVICE_CLIENTS."""

    __tablename__ = "service_clients"

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), info=SECRET)
    audiences: Mapped[list[str]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)
