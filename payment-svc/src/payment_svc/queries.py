"""Statements that belong to no manager: what retention deletes."""

from datetime import datetime

from sqlalchemy import Delete, delete, select

from payment_svc.models import AuditLog, Payment, PaymentState, WebhookEvent


def delete_webhooks(before: datetime) -> Delete:
    """Return the deletion of webhooks that were processed before a moment."""
    return delete(WebhookEvent).where(WebhookEvent.processed_at < before)


def delete_tombstones(before: datetime) -> Delete:
    """Return the deletion of tombstones that were closed before a moment.

    The parent row is deleted: the payment and its history go with it.
    """
    payments = Payment.__table__.c
    old = select(payments.auditlog_ptr_id).where(
        payments.state == PaymentState.CLOSED,
        payments.placed_at.is_(None),
        payments.state_since < before,
    )
    return delete(AuditLog).where(AuditLog.id.in_(old))
