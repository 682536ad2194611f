"""The order's timeline: every change of state and every message.

Each line is inserted in the transaction of the change that it records.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.state_machine import State, Trigger
from order_svc.managers.triggers import ORDER_SVC, is_message
from order_svc.models import HistoryKind, Order, OrderHistory, Outbox


def lines(session: Session, order_id: int) -> Sequence[OrderHistory]:
    """Return an order's lines, oldest first."""
    statement = select(OrderHistory).filter_by(order_id=order_id)
    return session.scalars(statement.order_by(OrderHistory.id)).all()


def add_transition(
    session: Session, order: Order, source: State, trigger: Trigger
) -> None:
    """Record a handled message, and the change of state if there is one."""
    if is_message(trigger):
        kind = HistoryKind.MESSAGE_IN
        # With a change of state, the line of that change has the reason.
        reason = trigger.reason if source == order.state else ""
        _add(session, order.id, kind, trigger.source, trigger.name, reason=reason)
    if source != order.state:
        _add(
            session,
            order.id,
            HistoryKind.STATE,
            ORDER_SVC,
            trigger.name,
            from_state=source,
            to_state=order.state,
            reason=trigger.reason,
        )


def add_ignored(session: Session, order: Order, reason: str, trigger: Trigger) -> None:
    """Record a trigger that changed nothing, and why.

    Every message is recorded; a repeated request or timer only once.
    """
    reason = f"{order.state}: {reason}"
    if is_message(trigger) or not _has_ignored(session, order, trigger.name, reason):
        kind = HistoryKind.IGNORED
        _add(session, order.id, kind, trigger.source, trigger.name, reason=reason)


def publish(session: Session, order_id: int, message: Outbox) -> None:
    """Add a message to the outbox and record it."""
    session.add(message)
    _add(session, order_id, HistoryKind.MESSAGE_OUT, ORDER_SVC, message.type)


def _has_ignored(session: Session, order: Order, name: str, reason: str) -> bool:
    found = select(OrderHistory.id).filter_by(
        order_id=order.id,
        kind=HistoryKind.IGNORED,
        name=name,
        reason=reason[:255],
    )
    return session.scalar(found.limit(1)) is not None


def _add(
    session: Session,
    order_id: int,
    kind: HistoryKind,
    service: str,
    name: str,
    *,
    reason: str = "",
    from_state: State = None,
    to_state: State = None,
) -> None:
    session.add(
        OrderHistory(
            order_id=order_id,
            service=service,
            kind=kind,
            name=name,
            from_state=from_state,
            to_state=to_state,
            reason=reason[:255],
        )
    )
