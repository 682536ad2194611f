"""The order's timeline: every change of state and every message, in order."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from order_svc.managers.news import OURSELVES, News
from order_svc.models import (
    Cell,
    HistoryKind,
    Order,
    OrderHistory,
    OrderState,
    Outbox,
)


class History:
    """Writes the lines of a timeline in the transaction of what they tell."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self, order_id: int) -> Sequence[OrderHistory]:
        """Return an order's lines, oldest first."""
        statement = select(OrderHistory).filter_by(order_id=order_id)
        return self.session.scalars(statement.order_by(OrderHistory.id)).all()

    def moved(
        self, order_id: int, source: OrderState | None, to: OrderState, news: News
    ) -> None:
        """Tell of news that was taken, and of the change of state if there is one."""
        if news.is_message:
            self._add(order_id, HistoryKind.MESSAGE_IN, news.service, news.name)
        if source == to:
            return
        self.session.add(
            OrderHistory(
                order_id=order_id,
                service=OURSELVES,
                kind=HistoryKind.STATE,
                name=news.name,
                from_state=source,
                to_state=to,
                reason=news.reason[:255],
            )
        )

    def ignored(self, order: Order, cell: Cell, news: News) -> None:
        """Tell of news that changed nothing, and why.

        Each message is told of; what a client or the clock repeats only once.
        """
        reason = f"{order.state}: {cell.reason}"
        if news.is_message or not self._is_told(order.id, news.name, reason):
            kind = HistoryKind.IGNORED
            self._add(order.id, kind, news.service, news.name, reason)

    def _is_told(self, order_id: int, name: str, reason: str) -> bool:
        told = select(OrderHistory.id).filter_by(
            order_id=order_id,
            kind=HistoryKind.IGNORED,
            name=name,
            reason=reason[:255],
        )
        return self.session.scalar(told.limit(1)) is not None

    def emit(self, event: Outbox, order_id: int) -> None:
        """Put a message into the outbox and tell of it."""
        self.session.add(event)
        self._add(order_id, HistoryKind.MESSAGE_OUT, OURSELVES, event.type)

    def _add(
        self,
        order_id: int,
        kind: HistoryKind,
        service: str,
        name: str,
        reason: str = "",
    ) -> None:
        self.session.add(
            OrderHistory(
                order_id=order_id,
                service=service,
                kind=kind,
                name=name,
                reason=reason[:255],
            )
        )
