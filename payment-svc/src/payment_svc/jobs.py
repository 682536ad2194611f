"""What runs by the clock: payments and refunds that are due, webhooks, repeats."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from chassis import clock, correlation, logging
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.worker import Job
from payment_svc.config import Settings
from payment_svc.extensions import db
from payment_svc.managers import WebhookManager
from payment_svc.managers.payment_moves import PAYMENTS
from payment_svc.managers.refund_moves import REFUNDS
from payment_svc.models import AuditLog, PaymentState, WebhookEvent
from payment_svc.steps import check_payments, check_refunds
from payment_svc.steps.context import payments, refunds, settings
from payment_svc.steps.due import due

BATCH = 50


def read_webhooks() -> int:
    """Let the stored webhooks wake what they speak of; return how many there were."""
    waiting = (
        select(WebhookEvent.id)
        .where(WebhookEvent.processed_at.is_(None))
        .order_by(WebhookEvent.id)
        .limit(BATCH)
    )
    with reading():
        ids = db.session.scalars(waiting).all()
        db.session.rollback()
    for event_id in ids:
        _read_webhook(event_id)
    return len(ids)


def _read_webhook(event_id: int) -> None:
    row = _claim(event_id)
    if row is None:
        db.session.rollback()
        return
    correlation.use(row.correlation_id)
    try:
        with db.session.begin_nested():
            WebhookManager(db.session, settings()).process(row)
    except OperationalError:  # the database's trouble, not the event's
        raise
    except Exception as error:  # one bad event must not hold up the others
        logging.get().error("webhook not understood", row=event_id, exc_info=error)
        row.processed_at, row.result = clock.now(), "failed"
    failpoint("webhook.processed")
    db.session.commit()


def _claim(event_id: int) -> WebhookEvent | None:
    return db.session.scalar(
        select(WebhookEvent)
        .where(WebhookEvent.id == event_id, WebhookEvent.processed_at.is_(None))
        .with_for_update(skip_locked=True)
    )


def announce() -> int:
    """Say again what order-svc has not answered; return how many things were said."""
    captures, direct = due(PAYMENTS, "announce_at"), due(REFUNDS, "announce_at")
    for payment_id in captures:
        payments().announce(payment_id)
        failpoint("payment.announced")
        db.session.commit()
    for refund_id in direct:
        refunds().announce(refund_id)
        db.session.commit()
    return len(captures) + len(direct)


def prune() -> int:
    """Forget old webhooks and tombstones; return 0, there is no hurry."""
    now = clock.now()
    old = now - timedelta(days=settings().prune_after_days)
    db.session.execute(delete(WebhookEvent).where(WebhookEvent.processed_at < old))
    grave = now - timedelta(days=settings().tombstone_days)
    # Deleting the parent row takes the payment and its history with it.
    dead = select(PAYMENTS.c.auditlog_ptr_id).where(
        PAYMENTS.c.state == PaymentState.CLOSED,
        PAYMENTS.c.placed_at.is_(None),
        PAYMENTS.c.state_since < grave,
    )
    db.session.execute(delete(AuditLog).where(AuditLog.id.in_(dead)))
    failpoint("payment.pruned")
    db.session.commit()
    return 0


def jobs(settings: Settings) -> dict[str, Job]:
    """Return the loops of `flask worker`."""
    often = settings.worker_poll_seconds
    table: dict[str, tuple[Callable[[], int], float]] = {
        "read webhooks": (read_webhooks, often),
        "check payments": (check_payments, often),
        "check refunds": (check_refunds, often),
        "announce again": (announce, max(often, 1.0)),
        "prune payments": (prune, 3600),
    }
    return {name: Job(run, every) for name, (run, every) in table.items()}
