"""SQL statements that belong to no manager."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from chassis.messaging import triage
from order_svc.extensions import db
from order_svc.models import UNPAID, Inbox, Order, OrderItem, QuarantinedMessage


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


def lock_names(session: Session, names: Iterable[str]) -> None:
    """Let transactions with a name in common run one after the other.

    On SQLite they do so anyway: a transaction that writes holds the write lock.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in sorted(names):  # in one order, so that two of them never deadlock
        number = func.hashtextextended(name, 0)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def sum_held(
    session: Session, whose: ColumnElement[bool], product_ids: Iterable[int]
) -> dict[int, int]:
    """Return `{product id: quantity}` of the unpaid orders that match a condition."""
    held = (
        select(OrderItem.product_id, func.sum(OrderItem.quantity))
        .join(Order, Order.id == OrderItem.order_id)
        .where(whose, Order.state.in_(UNPAID))
        .where(OrderItem.product_id.in_(list(product_ids)))
        .group_by(OrderItem.product_id)
    )
    rows = session.execute(held)
    return {product_id: int(quantity) for product_id, quantity in rows}
