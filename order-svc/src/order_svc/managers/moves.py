"""The one way in which an order moves: by a cell of the table, all in one change."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import logging
from chassis.errors import Conflict, NotFound, Unavailable
from order_svc.config import Times
from order_svc.managers.effects import Effects
from order_svc.managers.history import History
from order_svc.managers.news import Decide, Impossible, News
from order_svc.managers.schedule import next_check
from order_svc.models import STATUSES, TRANSITIONS, Cell, Kind, Order

LOOKS = 10


class Moves:
    """Applies the table: row, history, outbox and what is owed, or none of them."""

    def __init__(self, session: Session, times: Times) -> None:
        self.session = session
        self.times = times
        self.history = History(session)
        self.effects = Effects(session, times, self.history)

    def load(self, order_id: int) -> Order:
        """Return the order as the database has it now."""
        order = self.session.get(Order, order_id, populate_existing=True)
        if order is None:
            raise NotFound(f"There is no order {order_id}.")
        return order

    def lock(self, order_id: int) -> Order:
        """Return the order, kept from changing until the transaction ends."""
        statement = select(Order).where(Order.id == order_id).with_for_update()
        found = statement.execution_options(populate_existing=True)
        order = self.session.scalar(found)
        if order is None:
            raise NotFound(f"There is no order {order_id}.")
        return order

    def apply(self, order_id: int, decide: Decide, news: News) -> tuple[Order, Cell]:
        """Do what the table says of this news, and return the cell that said it.

        When the order has changed between our look and our update, look again. Raises
        Unavailable when it never holds still: a message stays in its queue then.
        """
        for _ in range(LOOKS):
            order = self.load(order_id)
            event = decide(order)
            cell = TRANSITIONS[order.state, event]
            if cell.kind != Kind.MOVE:
                self._stay(order, cell, news)
                return order, cell
            if self._take(order, cell, news):
                return order, cell
        raise Unavailable(f"Order {order_id} is being changed; try again.")

    def _stay(self, order: Order, cell: Cell, news: News) -> None:
        if cell.kind == Kind.REFUSE:
            raise Conflict(cell.reason, code=cell.code)
        if cell.kind == Kind.IMPOSSIBLE:
            sentence = f"{news.name} cannot happen to an order that is {order.state}"
            logging.get().error(sentence, order_id=order.id, alert=True)
            raise Impossible(f"{sentence} ({order.id}).")
        self.history.ignored(order, cell, news)

    def _take(self, order: Order, cell: Cell, news: News) -> bool:
        source, to = order.state, cell.to or order.state
        taken = self.session.execute(
            update(Order)
            .where(Order.id == order.id)
            .where(Order.state == source, Order.version == order.version)
            .values(state=to, status=STATUSES[to], version=Order.version + 1)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return False
        self.session.refresh(order)
        self.history.moved(order.id, source, to, news)
        self.effects.run(order, cell, news)
        order.attempts = 0
        order.next_check_at = next_check(order, self.times)
        self.session.flush()
        return True
