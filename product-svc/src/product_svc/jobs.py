"""What runs by the clock: reservations that are over, tombstones that are old."""

from datetime import timedelta

from chassis import clock, config, logging
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.worker import Job
from product_svc.config import Settings
from product_svc.extensions import db
from product_svc.managers import ReservationManager


def expire_reservations() -> int:
    """Let go of what is held past its time, each in a transaction of its own.

    Two sweepers do no harm: each reservation is asked again under its lock.
    """
    manager = ReservationManager(db.session, "worker")
    with reading():
        due = manager.due()
        db.session.rollback()
    return sum(_expire(manager, order_id) for order_id in due)


def _expire(manager: ReservationManager, order_id: int) -> bool:
    is_over = manager.expire(order_id)
    failpoint("reservation.expired")
    db.session.commit()
    failpoint("reservation.between_rows")
    if is_over:
        logging.get().warning("reservation expired", order_id=order_id)
    return is_over


def prune_reservations() -> int:
    """Forget old tombstones; return 0, there is no hurry."""
    settings = config.settings()
    assert isinstance(settings, Settings)
    before = clock.now() - timedelta(days=settings.tombstone_days)
    ReservationManager(db.session, "worker").prune(before)
    failpoint("reservation.pruned")
    db.session.commit()
    return 0


def jobs(settings: Settings) -> dict[str, Job]:
    """Return the loops of `flask worker`."""
    return {
        "expire reservations": Job(expire_reservations, settings.expiry_poll_seconds),
        "prune reservations": Job(prune_reservations, 3600),
    }
