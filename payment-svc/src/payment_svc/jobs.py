"""Jobs of the worker: due payments, refunds and webhooks, and republishing."""

import time
from collections.abc import Callable
from typing import Any

from chassis import leases
from chassis.worker import Job
from payment_svc import steps
from payment_svc.config import Settings
from payment_svc.models import (
    Dispute,
    Payment,
    ReconciliationRun,
    Refund,
    RunState,
    WebhookEvent,
)

LEASE = 30.0  # seconds; a step that takes longer may run twice, which is safe
REPUBLISH = "republish_at"
ACCOUNT_CHECK = 60.0  # seconds between two checks of webhooks, clock and problems


# What is done with a row that a webhook has made due.
CHECKS: dict[type[Any], tuple[Any, Callable[[int], object]]] = {
    Payment: (Payment.__table__.c.auditlog_ptr_id, steps.check_payment),
    Refund: (Refund.id, steps.check_refund),
    Dispute: (Dispute.id, steps.check_dispute),
}


def process_webhooks() -> int:
    """Process every due webhook, then check what they made due; return the webhooks.

    A payment with a webhook therefore waits for no poll that is due by the clock. A row
    that this turn does not reach stays due, and another job checks it.
    """
    woken: dict[tuple[type[Any], int], None] = {}  # in order, each once

    def process(row_id: int) -> None:
        woken.update(dict.fromkeys(steps.process_webhook(row_id)))

    done = leases.each(WebhookEvent, LEASE, process)
    end = time.monotonic() + leases.TURN
    for model, row_id in woken:
        if time.monotonic() > end:
            break
        key, check = CHECKS[model]
        leases.each(model, LEASE, check, key == row_id)
    return done


def check_payments() -> int:
    """Run the next step of every due payment; return how many there were."""
    return leases.each(Payment, LEASE, steps.check_payment)


def check_refunds() -> int:
    """Run the next step of every due refund; return how many there were."""
    return leases.each(Refund, LEASE, steps.check_refund)


def check_disputes() -> int:
    """Fetch every due dispute; return how many there were."""
    return leases.each(Dispute, LEASE, steps.check_dispute)


def reconcile() -> int:
    """Compare the next page of every due reconciliation run; return how many."""
    is_on = Settings.current().reconcile_hours
    rules = () if is_on else (ReconciliationRun.state == RunState.RUNNING,)
    return leases.each(ReconciliationRun, LEASE, steps.reconcile_page, *rules)


def republish() -> int:
    """Republish events that order-svc has not acknowledged; return how many."""
    captures = leases.each(Payment, LEASE, steps.republish_capture, column=REPUBLISH)
    return captures + leases.each(
        Refund, LEASE, steps.republish_refund, column=REPUBLISH
    )


def jobs(settings: Settings) -> dict[str, Job]:
    """Return the jobs of `flask worker`, each with its pause when nothing is due."""
    often = settings.worker_poll_seconds
    table: dict[str, tuple[Callable[[], int], float]] = {
        "process webhooks": (process_webhooks, often),
        "check payments": (check_payments, often),
        "check refunds": (check_refunds, often),
        "check disputes": (check_disputes, often),
        "check webhooks": (steps.check_webhooks, ACCOUNT_CHECK),
        "plan reconciliation": (steps.plan_reconciliation, ACCOUNT_CHECK),
        "reconcile": (reconcile, often),
        "republish events": (republish, max(often, 1.0)),
        "check razorpay": (steps.check_provider, ACCOUNT_CHECK),
    }
    return {name: Job(run, every) for name, (run, every) in table.items()}
