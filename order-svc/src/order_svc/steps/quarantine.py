"""Messages that repeat until they are handled are quarantined once."""

from chassis import clock
from chassis.messaging import inbox
from chassis.messaging.inbox import Event
from order_svc import queries


def quarantine_once(event: Event, reason: str, key: str) -> None:
    """Quarantine the first message of a type with this id (`key` names it in the data).

    A later copy only renews the first one's `updated_at`, so that retention keeps it
    and staff are not asked again. The copy leaves no row in the inbox: it may be the
    quarantined message itself, which would be a duplicate when staff retry it.
    """
    head = f"{event.type} {event.data[key]}: "
    known = queries.find_quarantined(head)
    if known is None:
        raise inbox.Quarantine(head + reason, **{key: event.data[key]})
    known.updated_at = clock.now()
    queries.delete_inbox_row(event.id)
