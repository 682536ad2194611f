"""The inbox of Razorpay's webhooks: each event is stored once."""

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, correlation, retention
from chassis.db import AuditModel, BigInt, Id, Moment, UtcDateTime
from payment_svc.extensions import db


class WebhookEvent(AuditModel, db.Model):
    """A webhook as received; `processed_at` is set when the worker has processed it.

    The signature covers the body only, so the same body can arrive again with another
    event id. The body's hash and the natural key (event and entity) are unique too.
    """

    __tablename__ = "webhook_events"

    id: Mapped[Id]
    event_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    natural_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    event: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    payment_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="SET NULL"), index=True
    )
    result: Mapped[str | None] = mapped_column(String(80))
    processed_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(
        UtcDateTime, default=clock.now, index=True
    )
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Webhooks that were processed long ago are deleted."""
        return cls.processed_at < retention.cutoff()
