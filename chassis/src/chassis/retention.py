"""Retention: expired rows are deleted, so that no table grows without bound.

A table takes part when its class has a classmethod `expired` that returns the WHERE
clause of its expired rows.
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, inspect

from chassis import clock
from chassis.config import settings
from chassis.db import changed, current_db
from chassis.failpoints import failpoint


def cutoff() -> datetime:
    """Return the moment before which finished work is old (PRUNE_AFTER_DAYS ago)."""
    return clock.now() - timedelta(days=settings().prune_after_days)


def prune() -> int:
    """Delete the expired rows, a transaction per table; return how many there were."""
    deleted = 0
    for table in current_app.extensions["chassis_models"].values():
        # The rows of a subclass's table are deleted with their parent rows.
        if hasattr(table, "expired") and inspect(table).inherits is None:
            deleted += changed(delete(table).where(table.expired()))
            failpoint("retention.pruned")
            current_db().session.commit()
    return deleted
