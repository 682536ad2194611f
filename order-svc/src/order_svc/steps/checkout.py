"""Placing an order and reserving its stock.

First the customer is checked, before anything is written. Then the order is inserted.
Then its stock is reserved. After a crash between two steps, the client's retry or the
worker resumes the order.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chassis import action_log
from chassis.db import reading
from chassis.errors import Forbidden, Unavailable
from chassis.failpoints import failpoint
from chassis.messaging import outbox
from chassis.outcomes import Done, Refused
from order_svc import clients
from order_svc.config import Settings
from order_svc.extensions import db
from order_svc.managers import Caps, Customer, Impossible
from order_svc.models import Order, OrderState, Prices
from order_svc.steps.context import Context
from order_svc.steps.refusals import refusal


def check_customer(user_id: int) -> Customer:
    """Return the customer, or refuse the order before anything is written.

    Raises Unavailable while product-svc or user-svc does not answer, or while the
    oldest outbox message exceeds OUTBOX_LIMIT_SECONDS. Raises Forbidden for a deleted
    or deactivated user.
    """
    if clients.products().is_down:
        raise Unavailable("Stock cannot be reserved right now.")
    with reading():
        age = outbox.oldest_seconds()
        db.session.rollback()
    if age > Settings.current().outbox_limit_seconds:
        raise Unavailable("Payments cannot be taken right now.")
    user = clients.users().find_user(user_id)
    if user is None or not user.get("is_active"):
        raise Forbidden("This account may not order.")
    return Customer(
        id=user_id,
        name=str(user.get("name") or "")[:100],
        email=str(user.get("email") or "")[:254],
        phone=str(user["phone"])[:20] if user.get("phone") else None,
        email_verified=user.get("email_verified") is True,
    )


def place(
    work: Context,
    customer: Customer,
    body: Mapping[str, Any],
    on_insert: Callable[[int], None],
    address: str | None = None,
) -> int:
    """Insert the order and return its id; `on_insert(id)` runs before the commit.

    `address` is a MAC of the client's; None when staff place the order, who may let a
    customer hold any quantity.
    """
    order = work.orders.place(
        customer,
        body["items"],
        shipping_address=body.get("shipping_address"),
        note=body.get("note"),
        max_open=work.settings.max_open_orders,
        address=address,
        caps=_caps(work.settings) if address else None,
    )
    order_id = order.id
    on_insert(order_id)
    failpoint("order.placed")
    db.session.commit()
    failpoint("order.committed")
    return order_id


def _caps(settings: Settings) -> Caps:
    return Caps(
        customer=settings.max_held_by_customer,
        unverified=settings.max_held_unverified,
        address=settings.max_held_by_address,
    )


@action_log.saga_step()
def reserve(work: Context, order_id: int) -> None:
    """Reserve the stock of a placed order at product-svc.

    Without a definite answer the order stays PLACED, and the worker tries again.
    """
    order = work.orders.get(order_id)
    lines = [{"product_id": p, "quantity": q} for p, q in order.lines.items()]
    is_placed = order.state == OrderState.PLACED
    db.session.commit()  # no transaction is open during the call
    if not is_placed:
        return
    failpoint("order.before_reserve")
    try:
        seconds = work.settings.reservation_seconds
        answer = clients.products().reserve(order_id, lines, seconds)
    except Unavailable:
        work.postpone(Order, order_id)
    else:
        failpoint("order.after_reserve")
        _record(work, order_id, answer)
    db.session.commit()
    failpoint("order.reserve_answered")


def _record(work: Context, order_id: int, answer: Done[Prices] | Refused) -> None:
    try:
        if isinstance(answer, Done):
            work.saga.mark_reserved(order_id, answer.value)
        else:
            work.saga.reject(order_id, refusal(answer))
    except Impossible:  # logged; another attempt has already recorded its answer
        db.session.rollback()
