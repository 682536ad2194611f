"""Tombstones are deleted when they are old; a payment that was requested never is."""

from datetime import timedelta

from chassis import clock
from payment_svc import queries
from payment_svc.extensions import db
from payment_svc.models import AuditLog, Payment


def test_only_old_tombstones_are_deleted(shop):
    old, young = clock.now() - timedelta(days=2), clock.now()
    closed = {"status": "EXPIRED", "closing_reason": "expired"}
    shop.row("closed", **closed, placed_at=None, state_since=old)
    kept = [
        shop.row("closed", **closed, placed_at=None, state_since=young),
        shop.row("closed", **closed, placed_at=old, state_since=old),
        shop.row("issued", placed_at=None, state_since=old),
    ]

    with shop.app.app_context():
        deleted = queries.delete_tombstones(clock.now() - timedelta(days=1))
        db.session.commit()

    assert deleted == 1
    assert [row.id for row in shop.rows(Payment)] == kept
    assert [row.id for row in shop.rows(AuditLog)] == kept
