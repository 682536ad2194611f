"""What runs by the clock: the set-up at start, key rotation, mail, and pruning."""

from datetime import timedelta

from chassis import clock, logging
from chassis.failpoints import failpoint
from chassis.worker import Job
from user_svc import seed, signing, steps
from user_svc.access import keyring, settings
from user_svc.extensions import db
from user_svc.managers import MailManager, OneTimeTokenManager, SessionManager


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
    failpoint("session.pruned")
    db.session.commit()
    return 0


def prune_mails() -> int:
    """Forget mails and mailed tokens long over; return how many mails were given up."""
    mails = MailManager(db.session)
    before = clock.now() - timedelta(days=settings().prune_after_days)
    mails.prune(before)
    OneTimeTokenManager(db.session).prune(before)
    late = mails.give_up()
    db.session.commit()
    if late:
        logging.get().warning("mails given up: nobody took them in time", mails=late)
    return late


JOBS = {
    "set up": Job(set_up, 3600),
    "rotate keys": Job(signing.rotate, 60),
    "send mail": Job(steps.send_next, 0.5),
    "prune sessions": Job(prune_sessions, 3600),
    "prune mails": Job(prune_mails, 60),
}
