"""Statements that belong to no manager: the retention of tombstones."""

from datetime import datetime

from sqlalchemy import delete, select

from chassis.db import changed
from payment_svc.models import AuditLog, Payment, PaymentState


def delete_tombstones(before: datetime) -> int:
    """Delete tombstones that were closed before a moment; return how many.

    The parent row is deleted: the payment and its history go with it.
    """
    payments = Payment.__table__.c
    old = select(payments.auditlog_ptr_id).where(
        payments.state == PaymentState.CLOSED,
        payments.placed_at.is_(None),
        payments.state_since < before,
    )
    return changed(delete(AuditLog).where(AuditLog.id.in_(old)))
