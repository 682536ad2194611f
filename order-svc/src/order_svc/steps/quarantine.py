"""Quarantine of messages that payment-svc republishes until they are handled."""

from chassis import clock
from chassis.messaging import inbox
from chassis.messaging.inbox import Event
from order_svc import queries


def quarantine_once(event: Event, reason: str, key: str) -> None:
    """Quarantine the first message of a type with the id `event.data[key]`.

    A later copy only updates the quarantined row's `updated_at`, so that retention
    keeps the row and staff see the problem once. The copy's inbox row is deleted: the
    copy may be the quarantined message itself, and with an inbox row a retry by staff
    would be skipped as a duplicate.
    """
    head = f"{event.type} {event.data[key]}: "
    known = queries.find_quarantined(head)
    if known is None:
        raise inbox.Quarantine(head + reason, **{key: event.data[key]})
    known.updated_at = clock.now()
    queries.delete_inbox_row(event.id)
