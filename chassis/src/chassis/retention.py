"""What the chassis tables forget, and when: no table grows for ever.

An event is remembered for longer than its message can live: 4 days in a queue, 14 in
its dead-letter queue, and 4 more once it was sent again. What staff did is kept.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, delete

from chassis import clock
from chassis.config import settings
from chassis.db import changed, current_db
from chassis.messaging.triage import OVER


def _old() -> datetime:
    return clock.now() - timedelta(days=settings().prune_after_days)


def _is_used(table: Any) -> Any:
    hours = timedelta(hours=settings().idempotency_hours)
    return table.created_at < clock.now() - hours


def _is_over(table: Any) -> Any:
    return and_(table.state.in_(OVER), table.updated_at < _old())


RULES: dict[str, Callable[[Any], Any]] = {
    "outbox": lambda table: table.published_at < _old(),
    "inbox": lambda table: table.created_at < _old(),
    "quarantine": _is_over,
    "dead_letters": _is_over,
    "neighbours": lambda table: table.updated_at < _old(),
    "idempotency_keys": _is_used,
    "admin_sessions": lambda table: table.expires_at < clock.now(),
}


def prune() -> int:
    """Forget what is old enough in the tables that the service has; return how much."""
    tables = current_app.extensions["chassis_models"]
    gone = 0
    for name in RULES.keys() & tables.keys():
        table = tables[name]
        gone += changed(delete(table).where(RULES[name](table)))
        current_db().session.commit()
    return gone
