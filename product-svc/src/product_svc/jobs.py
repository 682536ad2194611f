"""Jobs of the worker: expiry of reservations and retention of tombstones."""

from datetime import timedelta
from functools import partial

from chassis import clock, leases, logging
from chassis.failpoints import failpoint
from chassis.worker import Job
from product_svc import queries
from product_svc.config import Settings
from product_svc.extensions import db
from product_svc.managers import ReservationManager
from product_svc.models import Reservation

LEASE = 15.0  # seconds; longer than a transaction of PostgreSQL may take


def expire_reservations() -> int:
    """Expire reservations, each in its own transaction; return how many were due."""
    return leases.each(Reservation, LEASE, _expire)


def _expire(order_id: int) -> None:
    has_expired = ReservationManager(db.session, "worker").expire(order_id)
    failpoint("reservation.expired")
    db.session.commit()
    failpoint("reservation.between_rows")
    if has_expired:
        logging.get().warning("reservation expired", order_id=order_id)


def prune_reservations(days: int) -> int:
    """Delete all old tombstones; return 0, so that the job pauses."""
    queries.delete_tombstones(clock.now() - timedelta(days=days))
    failpoint("reservation.pruned")
    db.session.commit()
    return 0


def jobs(settings: Settings) -> dict[str, Job]:
    """Return the loops of `flask worker`."""
    prune = partial(prune_reservations, settings.tombstone_days)
    return {
        "expire reservations": Job(expire_reservations, settings.expiry_poll_seconds),
        "prune reservations": Job(prune, 3600),
    }
