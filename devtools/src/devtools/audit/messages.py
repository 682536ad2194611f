"""I12: every event that was sent was received, and the reverse."""

import json
from datetime import timedelta
from typing import Any

from chassis.messaging.triage import AGAIN, DROPPED, WAITING
from devtools.audit.books import Books, Found, Rows

# Outbox and inbox rows are deleted after 30 days, and a message may be 14 days late:
# of older messages one of the rows may be missing.
REMEMBERED = timedelta(days=14)
# The message waits for triage or was dropped; a retried one must be in the inbox.
KEPT = (WAITING, AGAIN, DROPPED)


def lost_or_invented(books: Books) -> Found:
    """I12: events that were not sent, not received, or received without being sent.

    A message in quarantine or among the dead letters has been received. A message may
    be lost with the queue's emulator; reconciliation must then have replaced it (I11).
    """
    ways = (
        (
            books.order_outbox,
            books.payment_inbox,
            [*books.payment_quarantine, *books.payment_dead_letters],
        ),
        (
            books.payment_outbox,
            books.order_inbox,
            [*books.order_quarantine, *books.order_dead_letters],
        ),
    )
    for sent, received, parked in ways:
        yield from _lost(books, sent, received, parked)
        yield from _invented(books, sent, received)


def _lost(books: Books, sent: Rows, received: Rows, parked: Rows) -> Found:
    kept = {_id(row) for row in parked if row.state in KEPT}
    arrived = {row.event_id for row in received} | kept
    for row in sent:
        if row.published_at is None:
            if books.is_judged(row.created_at):
                yield _facts(row, "never left")
        elif row.event_id not in arrived and _may_be_lost(books, row):
            yield _facts(row, "lost")


def _may_be_lost(books: Books, row: Any) -> bool:
    is_known = books.now - REMEMBERED < row.published_at
    return is_known and books.is_judged(row.published_at) and not books.queue_was_lost


def _invented(books: Books, sent: Rows, received: Rows) -> Found:
    known = {row.event_id for row in sent}
    for row in received:
        is_remembered = books.now - REMEMBERED < row.created_at
        is_judged = is_remembered and books.is_judged(row.created_at)
        if row.event_id not in known and is_judged:
            yield _facts(row, "never sent")


def _id(row: Any) -> str | None:
    """Return the event's id of a message in quarantine, None when it has none."""
    try:
        found = json.loads(row.body)
    except ValueError:
        return None
    return str(found.get("id")) if isinstance(found, dict) else None


def _facts(row: Any, what: str) -> dict[str, Any]:
    return {
        "message": what,
        "id": row.event_id,
        "type": row.type,
        "subject": row.subject,
        "at": f"{row.created_at:%Y-%m-%d %H:%M:%S}",
    }
