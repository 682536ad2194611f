"""The audit trail: each change in the panel adds a row to `action_log`."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import flash
from sqlalchemy import inspect
from sqlalchemy.exc import DataError, IntegrityError

from chassis import correlation, json
from chassis.admin import staff
from chassis.db import current_db, model
from chassis.errors import Forbidden, Problem


def seen(row: Any, hidden: tuple[str, ...]) -> dict[str, Any]:
    """Return a row's columns as JSON, without hidden ones and without bytes."""
    names = [column.key for column in inspect(type(row)).column_attrs]
    shown = {name: getattr(row, name) for name in names if name not in hidden}
    values = {k: v for k, v in shown.items() if not isinstance(v, bytes)}
    found: dict[str, Any] = orjson.loads(json.dumps(values))
    return found


def apply(
    action: str,
    work: Callable[[], Any],
    row: Any,
    hidden: tuple[str, ...] = (),
    writers: tuple[str, ...] = ("staff",),
) -> Any:
    """Do the work and log it in one transaction; flash an error and return None.

    `work` returns the row that it created or changed, or None when it deleted the row.
    """
    session, who = current_db().session, staff.current()
    before = seen(row, hidden) if row is not None else None
    try:
        if who is None or not who.may(writers):
            raise Forbidden(f"Only {' or '.join(writers)} may do this.")
        result = work()
        session.flush()
        subject = result if result is not None else row
        session.add(
            model("action_log")(
                user_id=who.id,
                email=who.email,
                action=action,
                model=type(subject).__name__,
                object_id=str(inspect(subject).identity[0]),
                before=before,
                after=seen(result, hidden) if result is not None else None,
                correlation_id=correlation.current(),
            )
        )
        session.commit()
    except (Problem, IntegrityError, DataError, ValueError) as refusal:
        session.rollback()
        flash(_sentence(refusal), "error")
        return None
    return subject


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, (IntegrityError, DataError)):
        return "The change contradicts what is stored; nothing was changed."
    errors = getattr(refusal, "extra", {}).get("errors", {})
    reasons = [f"{name}: {' '.join(texts)}" for name, texts in errors.items()]
    return " ".join([str(refusal), *reasons])
