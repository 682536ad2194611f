"""Helpers of the retention tests: rows just before and after the time of deletion."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import inspect

from chassis import clock, worker
from chassis.config import settings
from chassis.db import current_db, model
from chassis.messaging import triage

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Pruned:
    """A table with retention, its job, and its setting (days, hours or none).

    `row(moment)` makes a row that was last needed at that moment.
    """

    job: str
    setting: str
    row: Callable[[datetime], Any]

    @property
    def after(self) -> timedelta:
        """Return how long a row is kept, by the current app's settings."""
        if not self.setting:
            return timedelta()
        unit = "hours" if self.setting.endswith("hours") else "days"
        return timedelta(**{unit: getattr(settings(), self.setting)})


def left(app: Flask, pruned: Pruned) -> list[str]:
    """Store an old row and a young one, run the job; return which of them are left."""
    with app.app_context():
        session, now = current_db().session, clock.now()
        rows = {
            "old": pruned.row(now - pruned.after - MINUTE),
            "young": pruned.row(now - pruned.after + MINUTE),
        }
        session.add_all(rows.values())
        session.commit()
        keys = {name: inspect(row).identity for name, row in rows.items()}
        tables = {name: type(row) for name, row in rows.items()}
        session.remove()
        worker.once(app, pruned.job, worker.loops(app)[pruned.job])
        return [name for name in rows if session.get(tables[name], keys[name])]


def _made(table: str, moment: datetime, **values: Any) -> Any:
    times = {"created_at": moment, "updated_at": moment}
    return model(table)(**{**times, **values})


def _text() -> str:
    return uuid.uuid4().hex


def _event(moment: datetime) -> Any:
    return _made(
        "outbox",
        moment - timedelta(days=99),
        published_at=moment,
        event_id=_text(),
        queue="q",
        type="t",
        source="/s",
        subject="s",
        data={},
        correlation_id="c",
    )


def _mark(moment: datetime) -> Any:
    named = {"type": "t", "subject": "s", "correlation_id": "c"}
    return _made("inbox", moment, event_id=_text(), **named)


def _quarantined(moment: datetime) -> Any:
    decided = {"state": triage.DROPPED, "note": "seen"}
    return _made("quarantine", moment, queue="q", reason="r", body="{", **decided)


def _dead_letter(moment: datetime) -> Any:
    named = {"type": "t", "subject": "s", "correlation_id": "c", "body": "{"}
    seen = {"receives": 10, "seen_at": moment, "state": triage.DONE}
    return _made("dead_letters", moment, message_id=_text(), queue="q", **named, **seen)


def _key(moment: datetime) -> Any:
    request = {"caller": "user:1", "route": "POST /", "fingerprint": "f"}
    return _made(
        "idempotency_keys", moment, key=_text(), leased_until=moment, **request
    )


def _session(moment: datetime) -> Any:
    who = {"user_id": 1, "email": "a@shop.example", "role": "staff"}
    tokens = {"access_token": "a", "refresh_token": "r"}
    ends = {"seen_at": moment, "expires_at": moment}
    return _made("admin_sessions", moment, id=_text(), **who, **tokens, **ends)


def _dependency(moment: datetime) -> Any:
    return _made("dependencies", moment, name=_text(), ok=True)


def _action(moment: datetime) -> Any:
    who = {"actor": "user:1", "role": "staff", "source": "api"}
    what = {"action": "PATCH /", "model": "User", "object_id": "1"}
    return _made("action_log", moment, **who, **what, correlation_id="c")


EVERYWHERE = {
    "action_log": Pruned("prune", "action_log_days", _action),
    "idempotency_keys": Pruned("prune", "idempotency_hours", _key),
    "admin_sessions": Pruned("prune", "", _session),
    "dependencies": Pruned("prune", "prune_after_days", _dependency),
}
MESSAGES = {
    "outbox": Pruned("prune", "prune_after_days", _event),
    "inbox": Pruned("prune", "prune_after_days", _mark),
    "quarantine": Pruned("prune", "prune_after_days", _quarantined),
    "dead_letters": Pruned("prune", "prune_after_days", _dead_letter),
}


def missing(db: Any, *groups: dict[str, Any]) -> set[str]:
    """Return the tables that are in no group or in more than one."""
    named = [name for group in groups for name in group]
    twice = {name for name in named if named.count(name) > 1}
    return set(db.metadata.tables) ^ set(named) | twice


def goes_with(db: Any, table: str, parent: str) -> bool:
    """Return whether a table's rows are deleted with their parent's."""
    keys = db.metadata.tables[table].foreign_keys
    return any(
        key.column.table.name == parent and key.ondelete == "CASCADE" for key in keys
    )
