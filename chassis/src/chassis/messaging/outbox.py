"""The transactional outbox: an event is stored in the transaction of its change.

The relay sends each row to its queue at least once. It leases rows instead of keeping a
cursor, because rows are not committed in the order of their ids.
"""

import json
import uuid
from typing import Any, ClassVar, Self, cast

from opentelemetry import propagate
from sqlalchemy import JSON, ColumnElement, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, correlation, leases, logging, retention
from chassis.db import AuditModel, Id, Moment, UtcDateTime, current_db, model
from chassis.errors import Conflict
from chassis.failpoints import failpoint
from chassis.messaging import sqs

LEASE = 30.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds
BATCH = 10  # the maximum size of a batch of SQS


class OutboxMixin(AuditModel):
    """A CloudEvent for a queue; `published_at` is set once the queue accepted it."""

    __tablename__ = "outbox"
    logs_inserts: ClassVar[bool] = False

    id: Mapped[Id]
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    queue: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    correlation_id: Mapped[str] = mapped_column(String(128))
    traceparent: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(
        UtcDateTime, default=lambda: clock.now(), index=True
    )
    published_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)

    @classmethod
    def event(
        cls, queue: str, source: str, kind: str, subject: str, data: dict[str, Any]
    ) -> Self:
        """Make the row of an event, with the current correlation id and trace."""
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        make = cast("type[Any]", cls)  # a mixin: its columns come with the table
        row: Self = make(
            event_id=str(uuid.uuid4()),
            queue=queue,
            source=source,
            type=kind,
            subject=subject,
            data=data,
            correlation_id=correlation.current(),
            traceparent=carrier.get("traceparent", ""),
        )
        return row

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Select the events that were published long ago."""
        return cls.published_at < retention.cutoff()

    def send_now(self) -> None:
        """Let the relay send the event at its next turn, without a pause."""
        if self.published_at is not None:
            raise Conflict("This event was published already.")
        self.next_check_at, self.attempts = clock.now(), 0

    @property
    def age(self) -> str:
        """Return how long the event waited, or has been waiting, to be published."""
        waited = (self.published_at or clock.now()) - self.created_at
        return str(waited).partition(".")[0]

    def envelope(self) -> dict[str, Any]:
        """Return the event as CloudEvents 1.0 structured JSON."""
        return {
            "specversion": "1.0",
            "id": self.event_id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.created_at.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": self.data,
            "correlationid": self.correlation_id,
            "traceparent": self.traceparent,
        }


def relay() -> int:
    """Send the due events, one batch at most per queue; return how many were sent."""
    if not leases.due(model("outbox"), limit=1):
        return 0
    rows = _lease()
    queues = {row.queue for row in rows}
    return sum(_send(q, [row for row in rows if row.queue == q]) for q in queues)


def _lease() -> list[Any]:
    """Lease due events and return them in the order of their ids."""
    session, table = current_db().session, model("outbox")
    ids = leases.lease(table, LEASE, limit=BATCH)
    found = select(table).where(table.id.in_(ids)).order_by(table.id)
    rows = list(session.scalars(found))
    session.commit()
    return rows


def _send(queue: str, rows: list[Any]) -> int:
    session, table = current_db().session, model("outbox")
    entries = {str(row.id): _entry(row) for row in rows}
    attempts = {row.id: row.attempts for row in rows}
    session.rollback()  # no transaction is open during a remote call
    failpoint("outbox.before_send")
    sent = sqs.send(queue, entries)
    failpoint("outbox.after_send")
    published = {"published_at": clock.now(), "next_check_at": None}
    session.execute(update(table).where(table.id.in_(sent)).values(published))
    for row_id in attempts.keys() - sent:
        pause = leases.backoff(attempts[row_id], FIRST_PAUSE, LONGEST_PAUSE)
        leases.postpone(table, row_id, pause)
    failpoint("outbox.before_mark")
    session.commit()
    if len(sent) < len(rows):
        logging.get().warning(
            "events not sent", queue=queue, left=len(rows) - len(sent)
        )
    return len(sent)


def _entry(row: Any) -> dict[str, Any]:
    attributes = {"correlationid": row.correlation_id, "traceparent": row.traceparent}
    return {
        "Id": str(row.id),
        "MessageBody": json.dumps(row.envelope()),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value}
            for name, value in attributes.items()
            if value
        },
    }


def oldest_seconds() -> float:
    """Return the age of the oldest unpublished event; 0 when there is none."""
    table = model("outbox")
    oldest = current_db().session.scalar(
        select(func.min(table.created_at)).where(table.published_at.is_(None))
    )
    return (clock.now() - oldest).total_seconds() if oldest else 0.0
