"""The inbox: an idempotent consumer of messages.

The event's id, the handler's changes and its outgoing events are committed together.
Then the message is deleted. A duplicate, whose event id is known, is only deleted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import EXCLUDE, ValidationError, fields, validate
from marshmallow import Schema as MarshmallowSchema
from sqlalchemy import JSON, ColumnElement, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from chassis import correlation, json, logging, retention, tracing
from chassis.db import AuditModel, Id, current_db, model, reading
from chassis.errors import BadRequest
from chassis.failpoints import failpoint
from chassis.messaging import sqs
from chassis.messaging.triage import AGAIN, DONE, WAITING, TriageMixin

Handler = tuple[type[MarshmallowSchema], Callable[[dict[str, Any], "Event"], None]]


@dataclass(frozen=True)
class Event:
    """A received CloudEvent."""

    id: str
    source: str
    type: str
    subject: str
    correlation_id: str
    traceparent: str
    data: dict[str, Any]


class Quarantine(Exception):
    """Raised for a message that can never be handled: it is stored for triage."""

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.details = details


class InboxMixin(AuditModel):
    """An event that was handled; its `event_id` is never handled again."""

    __tablename__ = "inbox"
    logs_inserts: ClassVar[bool] = False
    logs_changes: ClassVar[bool] = False

    id: Mapped[Id]
    event_id: Mapped[str] = mapped_column(String(100), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    correlation_id: Mapped[str] = mapped_column(String(128))

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the events whose message can no longer arrive."""
        return cls.created_at < retention.cutoff()


class QuarantineMixin(TriageMixin):
    """A message that cannot be handled, with the reason."""

    __tablename__ = "quarantine"

    id: Mapped[Id]
    queue: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    correlation_id: Mapped[str] = mapped_column(String(128), default="")
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class EnvelopeSchema(MarshmallowSchema):
    """The members of the envelope that a consumer reads; others are ignored."""

    class Meta:
        """Ignore unknown members."""

        unknown = EXCLUDE

    id = fields.String(required=True, validate=validate.Length(1, 100))
    source = fields.String(required=True)
    type = fields.String(required=True, validate=validate.Length(1, 80))
    subject = fields.String(required=True, validate=validate.Length(1, 200))
    correlationid = fields.String(load_default="")
    traceparent = fields.String(load_default="")
    data = fields.Dict(required=True)


def has_nul(value: Any) -> bool:
    """Return whether a JSON value holds a NUL character, however it was escaped."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, str) and "\x00" in value:
            return True
        if isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
    return False


def parse(body: str, handlers: Mapping[str, Handler]) -> Event:
    """Read a message, or raise Quarantine with the reason."""
    try:
        value = json.loads(body.encode())
        found = EnvelopeSchema().load(value)
        if has_nul(value):
            raise Quarantine("a NUL character, which PostgreSQL cannot store")
        schema, _ = handlers[found["type"]]
        data = schema(unknown=EXCLUDE).load(found["data"])
    except KeyError:
        raise Quarantine(f"unknown type {found['type']}") from None
    except (ValueError, BadRequest, ValidationError) as wrong:
        raise Quarantine(f"not a valid message: {wrong}"[:500]) from None
    return Event(
        found["id"],
        found["source"],
        found["type"],
        found["subject"],
        found["correlationid"],
        found["traceparent"],
        data,
    )


def handle(queue: str, body: str, handlers: Mapping[str, Handler]) -> str:
    """Handle one message; return handled, duplicate or quarantined.

    Any other exception than Quarantine rolls back and leaves the message in its queue.
    """
    session = current_db().session
    try:
        event = parse(body, handlers)
        correlation.use(event.correlation_id)
        with tracing.consuming(event.type, event.traceparent):
            outcome = _handle_once(event, handlers)
        failpoint("inbox.before_commit")
        session.commit()
        failpoint("inbox.committed")
    except Quarantine as why:
        session.rollback()
        quarantine(queue, body, str(why), **why.details)
        session.commit()
        return "quarantined"
    finally:
        session.remove()
    return outcome


def _handle_once(event: Event, handlers: Mapping[str, Handler]) -> str:
    session, table = current_db().session, model("inbox")
    if session.scalar(select(table.id).where(table.event_id == event.id)):
        return "duplicate"
    session.add(
        table(
            event_id=event.id,
            type=event.type,
            subject=event.subject,
            correlation_id=correlation.current(),
        )
    )
    session.flush()  # a concurrent duplicate fails here, before any change
    handlers[event.type][1](event.data, event)
    return "handled"


def quarantine(queue: str, body: str, reason: str, **details: Any) -> None:
    """Store a message for triage in the open transaction, and log an alert."""
    logging.get().error("message quarantined", queue=queue, reason=reason, alert=True)
    current_db().session.add(
        model("quarantine")(
            queue=queue,
            reason=reason[:500],
            body=body.replace("\x00", "\\u0000"),
            correlation_id=correlation.current(),
            details=details or None,
        )
    )


def consume(
    queue: str, handlers: Mapping[str, Handler], wait: int | None = None
) -> int:
    """Receive and handle a few messages; return how many were received."""
    messages = sqs.receive(queue, wait)
    for message in messages:
        failpoint("inbox.received")
        try:
            outcome = handle(queue, message["Body"], handlers)
        except Exception as error:  # retried until ten receives have failed
            logging.get().error("message failed", queue=queue, exc_info=error)
            sqs.postpone(queue, message)
        else:
            failpoint("inbox.before_delete")
            sqs.remove(queue, message)
            logging.get().info("message", queue=queue, outcome=outcome)
    return len(messages)


def retry(queue: str, handlers: Mapping[str, Handler]) -> int:
    """Handle the messages that triage wants retried; return how many there were."""
    session, table = current_db().session, model("quarantine")
    with reading():
        asked = select(table.id).where(table.queue == queue, table.state == AGAIN)
        ids = session.scalars(asked).all()
        session.rollback()
    for row_id in ids:
        still = select(table).where(table.id == row_id, table.state == AGAIN)
        row = session.scalar(still.with_for_update(skip_locked=True))
        if row is not None:
            row.state, row.note = _retried(row, handlers)
        session.commit()
    return len(ids)


def _retried(row: Any, handlers: Mapping[str, Handler]) -> tuple[str, str]:
    """Return the new state and note; after a failure the message waits again."""
    try:
        with current_db().session.begin_nested():
            event = parse(row.body, handlers)
            correlation.use(event.correlation_id)
            return DONE, _handle_once(event, handlers)
    except Exception as error:
        logging.get().error("retry failed", row=row.id, exc_info=error)
        return WAITING, f"tried again: {error}"[:500]
