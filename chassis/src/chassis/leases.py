"""Leases on due rows: one worker at a time acts on a row.

A table with scheduled work has two columns: `next_check_at`, when the row is due
(NULL: nothing is left to do), and `attempts`, the number of leases since the last
definite answer. A lease moves `next_check_at` into the future in a transaction of its
own. When a worker crashes, its rows are due again when their leases end.
"""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import inspect, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock, logging
from chassis.db import changed, current_db, reading
from chassis.failpoints import failpoint

BATCH = 50
LONGEST = 4  # leases: the longest pause of a row that raises again and again
TURN = 5.0  # seconds; the worker must notice SIGTERM between two turns


def backoff(
    attempts: int, first: float, most: float, *, jitter: bool = False
) -> timedelta:
    """Return the pause after a number of failed attempts.

    The pause is `first` seconds, doubled with each attempt, and at most `most` seconds.
    With `jitter` it is multiplied by a random factor between 0.5 and 1.
    """
    pause = min(first * 2.0 ** min(max(attempts, 0), 40), most)
    return timedelta(seconds=pause * (random.uniform(0.5, 1) if jitter else 1))  # noqa: S311


def due(
    model: Any, *rules: Any, column: str = "next_check_at", limit: int = BATCH
) -> Sequence[int]:
    """Return the ids of due rows, the longest waiting first.

    Only reads: most calls find nothing and must not take SQLite's write lock.
    """
    table, key = _keyed(model)
    when, session = table.c[column], current_db().session
    found = select(key).where(when <= clock.now(), *rules).order_by(when, key)
    with reading():
        ids = session.scalars(found.limit(limit)).all()
        session.rollback()
    return ids


def lease(
    model: Any,
    seconds: float,
    *rules: Any,
    column: str = "next_check_at",
    limit: int = BATCH,
) -> list[int]:
    """Lease due rows that match the rules; return their ids. The caller commits.

    Rows that another transaction has locked are left out.
    """
    table, key = _keyed(model)
    when, now = table.c[column], clock.now()
    free = select(key).where(when <= now, *rules).order_by(when, key).limit(limit)
    change = {column: now + timedelta(seconds=seconds), **_unchanged(table)}
    if column == "next_check_at":
        change["attempts"] = table.c.attempts + 1
    taken = current_db().session.execute(
        update(table)
        .where(key.in_(free.with_for_update(skip_locked=True).scalar_subquery()))
        .values(change)
        .returning(key)
    )
    return sorted(taken.scalars())


def release(model: Any, row_id: int) -> None:
    """End the lease of a row that has nothing left to do."""
    table, key = _keyed(model)
    change = {"next_check_at": None, **_unchanged(table)}
    changed(update(table).where(key == row_id).values(change))


def postpone(
    model: Any, row_id: int, pause: timedelta, *, if_released: bool = False
) -> None:
    """Make a leased row due again after a pause.

    A row that became due during the lease (`make_due`) stays due. A released row stays
    released, unless `if_released` is set.
    """
    table, key = _keyed(model)
    when = table.c.next_check_at
    is_leased = when > clock.now()
    if if_released:
        is_leased = or_(is_leased, when.is_(None))
    change = {"next_check_at": clock.now() + pause, **_unchanged(table)}
    changed(update(table).where(key == row_id, is_leased).values(change))


def make_due(
    model: Any, row_id: int, *rules: Any, when: datetime | None = None
) -> None:
    """Make a row due at a moment (by default now), unless it is due earlier.

    The row is unchanged if it does not match the rules. A row that is made due during
    its lease is acted on again.
    """
    table, key = _keyed(model)
    moment, column = when or clock.now(), table.c.next_check_at
    is_later = or_(column.is_(None), column > moment)
    change = {"next_check_at": moment, **_unchanged(table)}
    changed(update(table).where(key == row_id, is_later, *rules).values(change))


def attempts(model: Any, row_id: int) -> int:
    """Return how often a row was leased since its last definite answer."""
    table, key = _keyed(model)
    found = current_db().session.scalar(select(table.c.attempts).where(key == row_id))
    return found or 0


def each(
    model: Any,
    seconds: float,
    act: Callable[[int], object],
    *rules: Any,
    column: str = "next_check_at",
) -> int:
    """Lease every due row in turn and act on its id; return how many succeeded.

    A row whose action raises is logged and due again when its lease ends, and later
    after each further failure: no row blocks the others. A turn ends after some seconds
    even when more rows are due.
    """
    _, key = _keyed(model)
    end, done = time.monotonic() + TURN, 0
    for row_id in due(model, *rules, column=column):
        if time.monotonic() > end:
            break
        taken = lease(model, seconds, key == row_id, *rules, column=column)
        current_db().session.commit()
        if taken and _isolated(act, row_id):
            done += 1
        elif taken and column == "next_check_at":
            _back_off(model, row_id, seconds)
        failpoint("leases.between_rows")
    return done


def _isolated(act: Callable[[int], object], row_id: int) -> bool:
    try:
        act(row_id)
    except Exception as error:  # the other rows must still be processed
        logging.get().error("row failed", row_id=row_id, exc_info=error)
        return False
    finally:
        current_db().session.remove()
    return True


def _back_off(model: Any, row_id: int, seconds: float) -> None:
    """Postpone a row that raised; if the database fails too, the lease remains."""
    with suppress(SQLAlchemyError):
        failures = attempts(model, row_id) - 1
        pause = backoff(failures, seconds, LONGEST * seconds)
        postpone(model, row_id, pause)
        current_db().session.commit()
    current_db().session.remove()


def _keyed(model: Any) -> tuple[Any, Any]:
    """Return a mapped class's own table and that table's primary key."""
    table = inspect(model).local_table
    return table, next(iter(table.primary_key))


def _unchanged(table: Any) -> dict[str, Any]:
    """Return what keeps `updated_at` as it is: a lease does not change the row."""
    return {"updated_at": table.c.updated_at} if "updated_at" in table.c else {}
