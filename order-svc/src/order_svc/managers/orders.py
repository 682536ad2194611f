"""What customers and staff do with orders: place, read, change, cancel, refund."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from chassis.errors import Conflict, NotFound
from chassis.state_machine import Kind, Trigger
from order_svc.managers import timeline
from order_svc.managers.disputes import check_dispute
from order_svc.managers.holdings import Caps, check_holdings, lock_holders
from order_svc.managers.machine import OrderMachine
from order_svc.managers.placing import Customer, check_open_orders
from order_svc.managers.refund_rules import check_amount, check_restock
from order_svc.managers.refunds import Refunds
from order_svc.managers.triggers import ORDER_SVC
from order_svc.models import (
    Order,
    OrderHistory,
    OrderItem,
    OrderRefund,
    OrderState,
    OrderStatus,
    OrderTrigger,
)

FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "status": lambda value: Order.status == value,
    "user_id": lambda value: Order.user_id == value,
    "created_from": lambda value: Order.created_at >= value,
    "created_to": lambda value: Order.created_at <= value,
}


class OrderManager:
    """The rules of orders; `actor` is the caller (`user:17`, `worker`)."""

    def __init__(
        self, machine: OrderMachine, refunds: Refunds, actor: str = "worker"
    ) -> None:
        self.machine = machine
        self.session = machine.session
        self.refunds = refunds
        self.actor = actor

    def get(self, order_id: int, user_id: int | None = None) -> Order:
        """Return the order; with `user_id`, only when it is that user's."""
        return _owned(self.machine.get(order_id), user_id)

    def lock(self, order_id: int, user_id: int | None = None) -> Order:
        """Return the order, locked until the transaction ends."""
        return _owned(self.machine.lock(order_id), user_id)

    def search(
        self, query: Mapping[str, Any], user_id: int | None = None
    ) -> Select[Any]:
        """Return the statement for the orders that match a query.

        With `user_id`, only that user's orders match.
        """
        found = select(Order)
        if user_id is not None:
            found = found.where(Order.user_id == user_id)
        for name, rule in FILTERS.items():
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
        address: str | None = None,
        caps: Caps | None = None,
    ) -> Order:
        """Insert an order without prices; its stock is reserved next.

        `address` is a MAC of the client's. Without `caps`, as for staff, the customer
        may hold any quantity. Raises TooManyRequests, Conflict `too_much_held`.
        """
        lock_holders(self.session, customer, address)
        check_open_orders(self.session, customer.id, max_open)
        if caps is not None:
            check_holdings(self.session, customer, address, lines, caps)
        columns = {
            "user_id": customer.id,
            "placed_from": address,
            "customer_name": customer.name,
            "customer_email": customer.email,
            "customer_phone": customer.phone,
            "shipping_address": shipping_address,
            "note": note,
            "items": [
                OrderItem(product_id=product_id, quantity=lines[product_id])
                for product_id in sorted(lines)
            ],
        }
        trigger = Trigger(OrderTrigger.PLACE, ORDER_SVC, self.actor, columns)
        return self.machine.insert(trigger)

    def change(self, order: Order, fields: Mapping[str, Any]) -> None:
        """Change a locked, pending order's address and note.

        Equal values change nothing, not even the order's version.
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

    def cancel(self, order_id: int, user_id: int | None = None) -> tuple[Order, bool]:
        """Cancel before payment; return the order and whether it had already ended."""
        order = self.get(order_id, user_id)
        trigger = Trigger(OrderTrigger.CANCEL, ORDER_SVC, self.actor)
        transition = self.machine.fire(order, trigger)
        is_unchanged = transition.kind is Kind.ACKNOWLEDGE
        return order, is_unchanged and order.state != OrderState.CANCELLING

    def refund(
        self,
        order_id: int,
        *,
        amount: Decimal | None,
        items: Mapping[int, int],
        note: str,
        limit: Decimal | None = None,
    ) -> OrderRefund:
        """Refund an amount, by default all that remains, and restock returned goods.

        `limit` bounds the sum of an order's refunds by staff; an admin has none.
        payment-svc decides about refunds that are not known here yet. Raises Conflict
        (`refund_too_large`, `not_refundable`, `not_committed`, `restock_too_large`,
        `dispute_open`), Unprocessable, Forbidden.
        """

        def classify(order: Order) -> OrderTrigger:
            if order.captured_amount is None:  # the table refuses the refund
                return OrderTrigger.STAFF_REFUND
            check_dispute(self.session, order)
            is_rest = check_amount(self.refunds, order, amount, limit)
            check_restock(self.session, self.refunds, order, items)
            if is_rest:
                return OrderTrigger.STAFF_REFUND_REST
            return OrderTrigger.STAFF_REFUND

        data = {
            "amount": amount,
            "note": note,
            "actor": self.actor,
            "by_admin": limit is None,
            "items": [{"product_id": p, "quantity": items[p]} for p in sorted(items)],
        }
        trigger = Trigger(OrderTrigger.STAFF_REFUND, ORDER_SVC, note, data)
        self.machine.fire(self.machine.get(order_id), trigger, classify)
        return self.refunds.list(order_id)[-1]

    def timeline(
        self, order_id: int, user_id: int | None = None
    ) -> Sequence[OrderHistory]:
        """Return the lines of an order's timeline, oldest first."""
        self.get(order_id, user_id)
        return timeline.lines(self.session, order_id)


def _owned(order: Order, user_id: int | None) -> Order:
    if user_id not in (None, order.user_id):
        raise NotFound(f"There is no order {order.id}.")
    return order
