"""Orders: placed by customers, moved by the saga, read by both."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, NotFound
from order_svc.config import Times
from order_svc.managers.amounts import amount_to_return
from order_svc.managers.moves import Moves
from order_svc.managers.news import News
from order_svc.managers.placing import Customer, check_open_orders
from order_svc.managers.returns import check_returns
from order_svc.managers.saga import Saga
from order_svc.managers.schedule import next_check
from order_svc.models import (
    Order,
    OrderEvent,
    OrderHistory,
    OrderItem,
    OrderRefund,
    OrderState,
    OrderStatus,
)


class OrderManager(Saga):
    """The rules of orders; `actor` says who asks (`user:17`, `worker`)."""

    def __init__(
        self, session: Session, times: Times | None = None, actor: str = "worker"
    ) -> None:
        self.session = session
        self.times = times or Times()
        self.actor = actor
        self.moves = Moves(session, self.times)

    def get_order(self, order_id: int, user_id: int | None = None) -> Order:
        """Return the order; with `user_id`, only when it is that user's."""
        order = self.session.get(Order, order_id)
        if order is None or user_id not in (None, order.user_id):
            raise NotFound(f"There is no order {order_id}.")
        return order

    def lock(self, order_id: int, user_id: int | None = None) -> Order:
        """Return the order, kept from changing until the transaction ends."""
        order = self.moves.lock(order_id)
        if user_id not in (None, order.user_id):
            raise NotFound(f"There is no order {order_id}.")
        return order

    def find_all(
        self, query: Mapping[str, Any], user_id: int | None = None
    ) -> Select[Any]:
        """Return the statement that finds the orders of a filter, and of one user."""
        found = select(Order)
        if user_id is not None:
            found = found.where(Order.user_id == user_id)
        filters: dict[str, Callable[[Any], ColumnElement[bool]]] = {
            "status": lambda value: Order.status == value,
            "user_id": lambda value: Order.user_id == value,
            "created_from": lambda value: Order.created_at >= value,
            "created_to": lambda value: Order.created_at <= value,
        }
        for name, rule in filters.items():
            if query.get(name) is not None:
                found = found.where(rule(query[name]))
        return found

    def place(
        self,
        customer: Customer,
        lines: Mapping[int, int],
        *,
        shipping_address: dict[str, Any] | None = None,
        note: str | None = None,
        max_open: int = 20,
    ) -> Order:
        """Write the order down, its prices still unknown; stock is reserved next."""
        check_open_orders(self.session, customer.id, max_open)
        order = Order(
            user_id=customer.id,
            customer_name=customer.name,
            customer_email=customer.email,
            customer_phone=customer.phone,
            shipping_address=shipping_address,
            note=note,
            state=OrderState.PLACED,
            items=[
                OrderItem(product_id=product_id, quantity=lines[product_id])
                for product_id in sorted(lines)
            ],
        )
        self.session.add(order)
        self.session.flush()
        order.next_check_at = next_check(order, self.times)
        news = News("place", reason=self.actor)
        self.moves.history.moved(order.id, None, OrderState.PLACED, news)
        return order

    def change(self, order: Order, fields: Mapping[str, Any]) -> None:
        """Change a locked order's address and note while it is pending.

        What is so already changes nothing, the order's version neither.
        """
        if order.status != OrderStatus.PENDING:
            raise Conflict(
                "Only a pending order can be changed.", code="order_not_pending"
            )
        changed = {n: v for n, v in fields.items() if getattr(order, n) != v}
        if not changed:
            return
        for name, value in changed.items():
            setattr(order, name, value)
        order.version += 1
        self.session.flush()

    def cancel(self, order_id: int) -> tuple[Order, bool]:
        """Cancel before payment; return the order, and whether it is over by now."""
        news = News("cancel", reason=self.actor)
        order, cell = self.moves.apply(order_id, lambda _: OrderEvent.CANCEL, news)
        is_over = cell.to is None and order.state != OrderState.CANCELLING
        return order, is_over

    def refund(
        self,
        order_id: int,
        *,
        amount: Decimal | None,
        items: Mapping[int, int],
        note: str,
        limit: Decimal | None = None,
    ) -> OrderRefund:
        """Return money, all that is left unless said; and goods, those that are named.

        `limit` is the most that staff may return of one order in all. Raises Conflict
        (`refund_too_large`, `not_refundable`, `not_committed`, `restock_too_large`),
        Unprocessable, Forbidden.
        """
        refunds = self.moves.effects.refunds
        facts: dict[str, Any] = {
            "note": note,
            "actor": self.actor,
            "items": [{"product_id": p, "quantity": items[p]} for p in sorted(items)],
        }

        def decide(order: Order) -> OrderEvent:
            if order.captured_amount is None:
                return OrderEvent.STAFF_REFUND
            wanted = amount_to_return(refunds, order, amount, limit)
            facts["amount"] = wanted
            check_returns(self.session, order, items)
            is_rest = wanted == refunds.rest(order)
            return OrderEvent.STAFF_REFUND_REST if is_rest else OrderEvent.STAFF_REFUND

        self.moves.apply(order_id, decide, News("refund", reason=note, facts=facts))
        return refunds.rows(order_id)[-1]

    def timeline(self, order_id: int) -> Sequence[OrderHistory]:
        """Return the order's history, oldest first."""
        return self.moves.history.all(order_id)
