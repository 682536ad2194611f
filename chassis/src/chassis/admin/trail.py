"""Changes in the panel: one transaction, which the action log is part of."""

from collections.abc import Callable
from typing import Any

from flask import flash
from sqlalchemy.exc import DataError, IntegrityError

from chassis import action_log
from chassis.admin import staff
from chassis.db import current_db
from chassis.errors import Forbidden, Problem


def apply(
    action: str,
    work: Callable[[], Any],
    row: Any,
    writers: tuple[str, ...] = ("staff",),
) -> Any:
    """Do the work in a transaction; flash an error and return None.

    `work` returns the row that it created or changed, or None when it deleted the row.
    """
    session, who = current_db().session, staff.current()
    action_log.perform(action, row)
    try:
        if who is None or not who.may(writers):
            raise Forbidden(f"Only {' or '.join(writers)} may do this.")
        result = work()
        session.commit()
    except (Problem, IntegrityError, DataError, ValueError) as refusal:
        session.rollback()
        flash(_sentence(refusal), "error")
        return None
    return result if result is not None else row


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, (IntegrityError, DataError)):
        return "The change contradicts what is stored; nothing was changed."
    errors = getattr(refusal, "extra", {}).get("errors", {})
    reasons = [f"{name}: {' '.join(texts)}" for name, texts in errors.items()]
    return " ".join([str(refusal), *reasons])
