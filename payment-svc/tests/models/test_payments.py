"""The status of a payment, and the expiry of its tombstones."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock, retention
from payment_svc.models import (
    AuditLog,
    ClosingReason,
    Payment,
    PaymentState,
    PaymentStatus,
    status_of,
)

CAPTURED = Decimal("499.00")


@pytest.mark.parametrize(
    ("refunded", "status"),
    [
        ("0.00", PaymentStatus.COMPLETED),
        ("0.01", PaymentStatus.PARTIALLY_REFUNDED),
        ("499.00", PaymentStatus.REFUNDED),
    ],
)
def test_the_status_of_a_capture_shows_what_has_been_refunded(refunded, status):
    found = status_of(PaymentState.CAPTURED, None, CAPTURED, Decimal(refunded))

    assert found is status


def test_a_closing_reason_counts_only_while_closed():
    reason, nothing = ClosingReason.EXPIRED, Decimal("0.00")

    closed = status_of(PaymentState.CLOSED, reason, None, nothing)
    captured = status_of(PaymentState.CAPTURED, reason, CAPTURED, nothing)

    assert (closed, captured) == (PaymentStatus.EXPIRED, PaymentStatus.COMPLETED)


def test_only_old_tombstones_are_deleted(shop):
    old, young = clock.now() - timedelta(days=15), clock.now()
    closed = {"status": "EXPIRED", "closing_reason": "expired"}
    shop.row("closed", **closed, placed_at=None, state_since=old)
    kept = [
        shop.row("closed", **closed, placed_at=None, state_since=young),
        shop.row("closed", **closed, placed_at=old, state_since=old),
        shop.row("issued", placed_at=None, state_since=old),
    ]

    with shop.app.app_context():
        retention.prune()

    assert [row.id for row in shop.rows(Payment)] == kept
    assert [row.id for row in shop.rows(AuditLog)] == kept
