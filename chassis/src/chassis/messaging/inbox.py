"""The idempotent consumer: dedupe mark, effect and outgoing events in one commit.

Five steps, always in this order: parse; seen this id? done; load and decide;
change; record, in one commit. Only then is the message deleted, a duplicate too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    """A CloudEvent as it came."""

    id: str
    source: str
    type: str
    subject: str
    correlation_id: str
    traceparent: str
    data: dict[str, Any]


class Quarantine(Exception):
    """A message that can never be handled: kept for a person, taken off the queue."""

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.details = details


class InboxMixin(AuditModel):
    """An event that was handled; its `event_id` is never handled again."""

    __tablename__ = "inbox"

    id: Mapped[Id]
    event_id: Mapped[str] = mapped_column(String(100), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    correlation_id: Mapped[str] = mapped_column(String(128))

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the events whose message can no longer come."""
        return cls.created_at < retention.cutoff()


class QuarantineMixin(TriageMixin):
    """A message that a person must look at, with the reason."""

    __tablename__ = "quarantine"

    id: Mapped[Id]
    queue: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    correlation_id: Mapped[str] = mapped_column(String(128), default="")
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class EnvelopeSchema(MarshmallowSchema):
    """What a consumer reads of the envelope; more members are welcome."""

    class Meta:
        """Read tolerantly."""

        unknown = EXCLUDE

    id = fields.String(required=True, validate=validate.Length(1, 100))
    source = fields.String(required=True)
    type = fields.String(required=True, validate=validate.Length(1, 80))
    subject = fields.String(required=True, validate=validate.Length(1, 200))
    correlationid = fields.String(load_default="")
    traceparent = fields.String(load_default="")
    data = fields.Dict(required=True)


def parse(body: str, handlers: Mapping[str, Handler]) -> Event:
    """Read a message, or raise Quarantine with the reason."""
    try:
        found = EnvelopeSchema().load(json.loads(body.encode()))
        if "\x00" in body or "\\u0000" in body:
            raise Quarantine("a NUL character, which no database keeps")
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
    """Apply one message once; return handled, duplicate or quarantined.

    Any exception but Quarantine leaves nothing behind, and the message in its queue.
    """
    session = current_db().session
    try:
        event = parse(body, handlers)
        correlation.use(event.correlation_id)
        with tracing.consuming(event.type, event.traceparent):
            outcome = _once(event, handlers)
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


def _once(event: Event, handlers: Mapping[str, Handler]) -> str:
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
    session.flush()  # a twin on another connection fails here, before any effect
    handlers[event.type][1](event.data, event)
    return "handled"


def quarantine(queue: str, body: str, reason: str, **details: Any) -> None:
    """Keep what cannot be handled in the open transaction, and raise the alarm."""
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
    """Receive and handle a few messages; return how many came."""
    messages = sqs.receive(queue, wait)
    for message in messages:
        failpoint("inbox.received")
        try:
            outcome = handle(queue, message["Body"], handlers)
        except Exception as error:  # transient until ten receives have failed
            logging.get().error("message failed", queue=queue, exc_info=error)
            sqs.postpone(queue, message)
        else:
            failpoint("inbox.before_delete")
            sqs.remove(queue, message)
            logging.get().info("message", queue=queue, outcome=outcome)
    return len(messages)


def retry(queue: str, handlers: Mapping[str, Handler]) -> int:
    """Put back through its handler what a person wishes; return how many that were."""
    session, table = current_db().session, model("quarantine")
    with reading():
        wished = select(table.id).where(table.queue == queue, table.state == AGAIN)
        ids = session.scalars(wished).all()
        session.rollback()
    for row_id in ids:
        still = select(table).where(table.id == row_id, table.state == AGAIN)
        row = session.scalar(still.with_for_update(skip_locked=True))
        if row is not None:
            row.state, row.note = _retried(row, handlers)
        session.commit()
    return len(ids)


def _retried(row: Any, handlers: Mapping[str, Handler]) -> tuple[str, str]:
    """Return what came of a retry; whatever fails waits for a person again."""
    try:
        with current_db().session.begin_nested():
            event = parse(row.body, handlers)
            correlation.use(event.correlation_id)
            return DONE, _once(event, handlers)
    except Exception as error:
        logging.get().error("retry failed", row=row.id, exc_info=error)
        return WAITING, f"tried again: {error}"[:500]
