"""What user-svc does by the clock."""

from datetime import timedelta

from chassis.worker import Job
from user_svc.accounts import settings
from user_svc.accounts_setup import bootstrap_admin
from user_svc.extensions import db
from user_svc.keys import KeyManager
from user_svc.tokens import TokenManager


def rotate_keys() -> int:
    """Publish the next signing key when its time has come; forget old ones."""
    manager = KeyManager(db.session, settings().signing_key_secret)
    manager.current()
    manager.rotate(timedelta(days=settings().key_rotation_days))
    manager.prune(timedelta(seconds=settings().access_token_seconds))
    db.session.commit()
    return 0


def prune_tokens() -> int:
    """Forget refresh tokens that have long expired."""
    TokenManager(db.session, settings()).prune()
    db.session.commit()
    return 0


JOBS = {
    "bootstrap admin": Job(bootstrap_admin, 3600),
    "rotate keys": Job(rotate_keys, 600),
    "prune tokens": Job(prune_tokens, 3600),
}
