"""SQL statements that belong to no manager."""

from sqlalchemy import delete, select

from chassis.messaging import triage
from order_svc.extensions import db
from order_svc.models import Inbox, QuarantinedMessage


def find_quarantined(head: str) -> QuarantinedMessage | None:
    """Return a quarantined message whose reason begins with `head`, or None.

    A message that is being retried does not count.
    """
    return db.session.scalar(
        select(QuarantinedMessage)
        .where(QuarantinedMessage.reason.startswith(head, autoescape=True))
        .where(QuarantinedMessage.state != triage.AGAIN)
        .limit(1)
    )


def delete_inbox_row(event_id: str) -> None:
    """Delete the inbox row of an event."""
    db.session.execute(delete(Inbox).where(Inbox.event_id == event_id))
