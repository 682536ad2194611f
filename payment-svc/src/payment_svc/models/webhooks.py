"""The webhook inbox: what Razorpay said, once each."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Moment, UtcDateTime
from payment_svc.extensions import db


class WebhookEvent(AuditModel, db.Model):
    """A webhook as it came; `processed_at` when the worker has acted on it.

    The signature covers the body alone, so that a body can come again under a new
    event id: the body's hash and the natural key (event and entity) are unique too.
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
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
