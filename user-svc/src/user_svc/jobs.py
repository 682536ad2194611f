"""What runs by the clock: the set-up at start, key rotation, and pruning."""

from datetime import timedelta

from chassis import clock, logging
from chassis.crashpoints import crashpoint
from chassis.worker import Job
from user_svc import seed, signing
from user_svc.access import keyring, settings
from user_svc.extensions import db
from user_svc.managers import SessionManager


def set_up() -> int:
    """Make what the settings name and is not there yet; return how much it was."""
    done = seed.set_up()
    for line in done:
        logging.get().info(line)
    return len(done)


def prune_sessions() -> int:
    """Forget sessions and tokens long over; return 0, there is no hurry."""
    before = clock.now() - timedelta(days=settings().prune_after_days)
    SessionManager(db.session, keyring()).prune(before)
    crashpoint("session.pruned")
    db.session.commit()
    return 0


JOBS = {
    "set up": Job(set_up, 3600),
    "rotate keys": Job(signing.rotate, 60),
    "prune sessions": Job(prune_sessions, 3600),
}
