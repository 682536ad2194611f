"""Rows whose time has come: claimed by one worker, looked at, left to the next."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, or_, select, update

from chassis import clock, logging
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.outcomes import Unknown
from payment_svc.extensions import db
from payment_svc.managers.schedule import retry
from payment_svc.steps.context import settings

BATCH = 20
TURN = 5.0  # seconds
LEASE = timedelta(seconds=30)  # a step that takes longer may run twice, harmlessly


def due(table: Table, column: str = "next_check_at") -> list[int]:
    """Return the ids of the rows that are due, the longest waiting first.

    A cheap look: it takes no write lock.
    """
    key, when = next(iter(table.primary_key)), table.c[column]
    wanted = select(key).where(when <= clock.now()).order_by(when).limit(BATCH)
    with reading():
        found = list(db.session.scalars(wanted))
        db.session.rollback()
    return found


def claim(table: Table, row_id: int) -> bool:
    """Take a due row for a while, before anything is asked; two workers share."""
    key, now = next(iter(table.primary_key)), clock.now()
    taken = db.session.execute(
        update(table)
        .where(key == row_id, table.c.next_check_at <= now)
        .values(next_check_at=now + LEASE, attempts=table.c.attempts + 1)
    )
    db.session.commit()
    failpoint("payment.claimed")
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def later(table: Table, row_id: int, answer: Unknown) -> None:
    """Try again after a pause: nobody knows what has happened."""
    key = next(iter(table.primary_key))
    attempts = db.session.scalar(select(table.c.attempts).where(key == row_id)) or 1
    when = retry(attempts, settings(), clock.now(), answer.retry_after)
    next_ = table.c.next_check_at
    is_free = or_(next_.is_(None), next_ > clock.now())  # a wish to look now is kept
    db.session.execute(
        update(table).where(key == row_id, is_free).values(next_check_at=when)
    )
    db.session.commit()
    logging.get().warning(
        "razorpay gave no answer", table=table.name, row=row_id, why=answer.why
    )


def work_off(table: Table, step: Callable[[int], Any]) -> int:
    """Take a step for due rows; return how many were taken.

    It ends after a while even when more are due, so that SIGTERM is heard.
    """
    end, taken = time.monotonic() + TURN, 0
    for row_id in due(table):
        if time.monotonic() > end:
            break
        taken += claim(table, row_id) and _try(step, row_id)
        failpoint("payment.between_rows")
    return taken


def _try(step: Callable[[int], Any], row_id: int) -> bool:
    try:
        step(row_id)
    except Exception as error:  # one bad row must not hold up the others
        logging.get().error("step failed", row=row_id, exc_info=error)
    finally:
        db.session.remove()
    return True
