"""Dead letters: mirrored into a table, sent again or dropped as a person wishes.

The queue stays the truth: a letter is looked at, and deleted only once it was sent
again or dropped. Whoever dies in between leaves it in its queue; a letter that was
sent twice is a duplicate, which the inbox knows. Not every SQS has a move task.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, json, logging
from chassis.db import Id, Moment, Timestamps, UtcDateTime, changed, current_db, model
from chassis.errors import BadRequest
from chassis.messaging import sqs
from chassis.messaging.triage import AGAIN, DONE, GONE, WAITING, DecisionMixin

LOOKS, LETTERS = 100, 10  # a mirror of a thousand letters is enough to decide by
LOOK_SECONDS = 60  # how long a letter is hidden from others if we die over it
GONE_AFTER = timedelta(minutes=10)  # one empty look of SQS proves nothing


class DeadLetterMixin(DecisionMixin, Timestamps):
    """A dead letter; `created_at` is when it was first seen, `seen_at` when last."""

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


def tend(queue: str, wait: int = 1, *, everything: bool = False) -> list[str]:
    """Mirror the dead letters of a queue and obey; return what has left it.

    `everything` sends again what nobody has decided on, too.
    """
    left: list[str] = []
    kept: list[list[dict[str, Any]]] = []
    while len(kept) < LOOKS and (letters := _receive(queue + sqs.DEAD, wait)):
        states = _mirror(queue, letters)
        left += filter(None, (_obey(queue, one, states, everything) for one in letters))
        kept.append(letters)
    for letters in kept:
        sqs.release(queue + sqs.DEAD, letters)
    if len(kept) < LOOKS:
        _miss(queue)
    return left


def _receive(queue: str, wait: int) -> list[dict[str, Any]]:
    more = {"MaxNumberOfMessages": LETTERS, "VisibilityTimeout": LOOK_SECONDS}
    return sqs.receive(queue, wait, **more)


def _mirror(queue: str, letters: list[dict[str, Any]]) -> dict[str, str]:
    """Write down who is there; return {message id: state}."""
    session, table = current_db().session, model("dead_letters")
    ids = [letter["MessageId"] for letter in letters]
    found = session.scalars(select(table).where(table.message_id.in_(ids)))
    rows = {row.message_id: row for row in found}
    for letter in letters:
        row = rows.get(letter["MessageId"]) or _enter(queue, letter)
        row.seen_at = clock.now()
        row.state = WAITING if row.state == GONE else row.state
        rows[row.message_id] = row
    states = {message_id: row.state for message_id, row in rows.items()}
    session.commit()
    return states


def _enter(queue: str, letter: dict[str, Any]) -> Any:
    body = letter["Body"].replace("\x00", "\\u0000")
    row = model("dead_letters")(
        message_id=letter["MessageId"],
        queue=queue,
        body=body,
        receives=int(letter["Attributes"]["ApproximateReceiveCount"]) - 1,
        state=WAITING,
        **_head(body),
    )
    current_db().session.add(row)
    logging.get().error("dead letter", queue=queue, type=row.type, alert=True)
    return row


def _head(body: str) -> dict[str, str]:
    """Return what a letter says of itself; one that is no event says nothing."""
    try:
        event = json.loads(body.encode())
    except BadRequest:
        event = None
    said = event if isinstance(event, dict) else {}
    names = {"type": 80, "subject": 200, "correlationid": 128}
    texts = [str(said.get(n, "")).replace("\x00", "")[:m] for n, m in names.items()]
    return dict(zip(("type", "subject", "correlation_id"), texts, strict=True))


def _obey(
    queue: str, letter: dict[str, Any], states: dict[str, str], everything: bool
) -> str:
    """Send a letter again or drop it, if that is wished; return what was done."""
    state = states[letter["MessageId"]]
    if state == AGAIN or (state == WAITING and everything):
        names = {"MessageBody": "Body", "MessageAttributes": "MessageAttributes"}
        entry = {name: letter[key] for name, key in names.items() if key in letter}
        if not sqs.send(queue, {"1": {"Id": "1", **entry}}):
            return ""
        state = DONE
        _become(DONE, model("dead_letters").message_id == letter["MessageId"])
    if state == WAITING:
        return ""
    sqs.remove(queue + sqs.DEAD, letter)  # a deleted letter may come back: again
    return f"{letter['MessageId']} {state}"


def _miss(queue: str) -> None:
    """Let go of what has left the queue without us: moved elsewhere, or too old."""
    table = model("dead_letters")
    is_lost = table.seen_at < clock.now() - GONE_AFTER
    _become(GONE, table.queue == queue, table.state.in_((WAITING, AGAIN)), is_lost)


def _become(state: str, *which: Any) -> None:
    changed(update(model("dead_letters")).where(*which).values(state=state))
    current_db().session.commit()
