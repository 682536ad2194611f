"""Dead letters: copied from their queue into a table, redriven or dropped in triage.

The dead-letter queue is the source of truth. A message is received to read it, and
deleted only after it was redriven or dropped. A crash in between leaves the message in
its queue; one that was sent twice is a duplicate, which the inbox skips. Not every SQS
implementation has `StartMessageMoveTask`, so messages are moved one by one.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, json, logging
from chassis.db import Id, Moment, UtcDateTime, changed, current_db, model
from chassis.errors import BadRequest
from chassis.messaging import sqs
from chassis.messaging.triage import AGAIN, DONE, GONE, WAITING, TriageMixin

MAX_BATCHES, BATCH = 100, 10  # a copy of a thousand messages is enough for triage
VISIBILITY = 60  # seconds a message stays hidden if the process dies while reading
GONE_AFTER = timedelta(minutes=10)  # one empty receive of SQS proves nothing


class DeadLetterMixin(TriageMixin):
    """A dead letter, received first at `created_at` and last at `seen_at`."""

    __tablename__ = "dead_letters"

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(String(100), unique=True)
    queue: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200))
    correlation_id: Mapped[str] = mapped_column(String(128))
    receives: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[Moment] = mapped_column(UtcDateTime)


def sync(queue: str, wait: int = 1, *, everything: bool = False) -> list[str]:
    """Store the dead letters of a queue and carry out what triage decided.

    Returns a line for each message that was removed from the dead-letter queue.
    `everything` redrives messages that still wait for triage, too.
    """
    removed: list[str] = []
    kept: list[list[dict[str, Any]]] = []
    while len(kept) < MAX_BATCHES and (batch := _receive(queue + sqs.DEAD, wait)):
        states = _store(queue, batch)
        done = (_carry_out(queue, message, states, everything) for message in batch)
        removed += filter(None, done)
        kept.append(batch)
    for batch in kept:
        sqs.release(queue + sqs.DEAD, batch)
    if len(kept) < MAX_BATCHES:
        _mark_gone(queue)
    return removed


def _receive(queue: str, wait: int) -> list[dict[str, Any]]:
    more = {"MaxNumberOfMessages": BATCH, "VisibilityTimeout": VISIBILITY}
    return sqs.receive(queue, wait, **more)


def _store(queue: str, batch: list[dict[str, Any]]) -> dict[str, str]:
    """Store the messages of a batch; return {message id: state}."""
    session, table = current_db().session, model("dead_letters")
    ids = [message["MessageId"] for message in batch]
    found = session.scalars(select(table).where(table.message_id.in_(ids)))
    rows = {row.message_id: row for row in found}
    for message in batch:
        row = rows.get(message["MessageId"]) or _add(queue, message)
        row.seen_at = clock.now()
        row.state = WAITING if row.state == GONE else row.state
        rows[row.message_id] = row
    states = {message_id: row.state for message_id, row in rows.items()}
    session.commit()
    return states


def _add(queue: str, message: dict[str, Any]) -> Any:
    body = message["Body"].replace("\x00", "\\u0000")
    row = model("dead_letters")(
        message_id=message["MessageId"],
        queue=queue,
        body=body,
        receives=int(message["Attributes"]["ApproximateReceiveCount"]) - 1,
        state=WAITING,
        **_envelope(body),
    )
    current_db().session.add(row)
    logging.get().error("dead letter", queue=queue, type=row.type, alert=True)
    return row


def _envelope(body: str) -> dict[str, str]:
    """Return type, subject and correlation id; empty texts when it is no event."""
    try:
        event = json.loads(body.encode())
    except BadRequest:
        event = None
    members = event if isinstance(event, dict) else {}
    names = {"type": 80, "subject": 200, "correlationid": 128}
    texts = [str(members.get(n, "")).replace("\x00", "")[:m] for n, m in names.items()]
    return dict(zip(("type", "subject", "correlation_id"), texts, strict=True))


def _carry_out(
    queue: str, message: dict[str, Any], states: dict[str, str], everything: bool
) -> str:
    """Redrive or drop a message if triage decided so; return what was done."""
    state = states[message["MessageId"]]
    if state == AGAIN or (state == WAITING and everything):
        names = {"MessageBody": "Body", "MessageAttributes": "MessageAttributes"}
        entry = {name: message[key] for name, key in names.items() if key in message}
        if not sqs.send(queue, {"1": {"Id": "1", **entry}}):
            return ""
        state = DONE
        _set_state(DONE, model("dead_letters").message_id == message["MessageId"])
    if state == WAITING:
        return ""
    sqs.remove(queue + sqs.DEAD, message)  # SQS may return a deleted message: repeat
    return f"{message['MessageId']} {state}"


def _mark_gone(queue: str) -> None:
    """Mark messages that left the queue by themselves: moved elsewhere, or expired."""
    table = model("dead_letters")
    is_lost = table.seen_at < clock.now() - GONE_AFTER
    _set_state(GONE, table.queue == queue, table.state.in_((WAITING, AGAIN)), is_lost)


def _set_state(state: str, *which: Any) -> None:
    changed(update(model("dead_letters")).where(*which).values(state=state))
    current_db().session.commit()
