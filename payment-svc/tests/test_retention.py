"""No table grows for ever: each is kept for a reason, or a job deletes old rows."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from devtools.testkit.retention import (
    EVERYWHERE,
    MESSAGES,
    Pruned,
    goes_with,
    left,
    missing,
)
from payment_svc.extensions import db
from payment_svc.models import (
    ClosingReason,
    Payment,
    PaymentState,
    PaymentStatus,
    ReconciliationRun,
    RunState,
    WebhookEvent,
)

KEPT = {
    "refunds": "money that went back",
    "refund_history": "how it went back; the audit walks it",
    "disputes": "money that banks demanded back",
    "dispute_history": "how it was decided; the audit walks it",
}
# Payments are kept, and their history: money. Only tombstones are deleted:
# closes that came before their request.
PARENTS = {
    "payment": "audit_log",
    "payment_history": "payment",
    "payment_attempts": "payment",
    "reconciliation_drift": "reconciliation_runs",
}


def a_tombstone(moment):
    return Payment(
        order_id=str(uuid.uuid4().int % 10**9),
        amount=Decimal("1.00"),
        status=PaymentStatus.EXPIRED,
        state=PaymentState.CLOSED,
        closing_reason=ClosingReason.EXPIRED,
        receipt=str(uuid.uuid4()),
        state_since=moment,
    )


def a_webhook(moment):
    received = moment - timedelta(days=99)  # it waited so long for the worker
    return WebhookEvent(
        sha256=uuid.uuid4().hex, body=b"{}", created_at=received, processed_at=moment
    )


def a_run(moment):
    return ReconciliationRun(
        since=moment,
        until=moment,
        window_since=moment,
        state=RunState.FINISHED,
        finished_at=moment,
    )


PRUNED = {
    **EVERYWHERE,
    **MESSAGES,
    "audit_log": Pruned("prune", "tombstone_days", a_tombstone),
    "reconciliation_runs": Pruned("prune", "prune_after_days", a_run),
    "webhook_events": Pruned("prune", "prune_after_days", a_webhook),
}


def test_every_table_is_kept_for_a_reason_or_loses_old_rows():
    assert missing(db, KEPT, PARENTS, PRUNED) == set()
    assert all(goes_with(db, *pair) for pair in PARENTS.items())


@pytest.mark.parametrize("table", PRUNED)
def test_an_old_row_goes_and_a_young_one_stays(app, table):
    assert left(app, PRUNED[table]) == ["young"]
