"""From a basket to an order that holds its stock.

Nothing is written before user-svc has said who orders; then the order, then the
reservation. A crash between any two leaves an order that the next try or the worker
takes up where it stands.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.db import reading
from chassis.errors import Forbidden, Unavailable
from chassis.failpoints import failpoint
from chassis.messaging import outbox
from chassis.outcomes import Done, Refused
from order_svc import clients
from order_svc.clients import Prices
from order_svc.extensions import db
from order_svc.managers import Customer, Impossible
from order_svc.models import Order, OrderState
from order_svc.steps.context import due, manager, settings
from order_svc.steps.refusals import refusal


def admit(user_id: int) -> Customer:
    """Return who orders, or refuse: nothing is written, not even the key.

    Raises Unavailable when a neighbour is known to be away or messages pile up, and
    Forbidden for a user who is gone or deactivated.
    """
    if clients.products().is_down:
        raise Unavailable("Stock cannot be reserved right now.")
    with reading():
        age = outbox.oldest_seconds()
        db.session.rollback()
    if age > settings().outbox_limit_seconds:
        raise Unavailable("Payments cannot be taken right now.")
    user = clients.users().find_user(user_id)
    if user is None or not user.get("is_active"):
        raise Forbidden("This account may not order.")
    return Customer(
        id=user_id,
        name=str(user.get("name") or "")[:100],
        email=str(user.get("email") or "")[:254],
        phone=str(user["phone"])[:20] if user.get("phone") else None,
    )


def place(
    customer: Customer,
    body: Mapping[str, Any],
    actor: str,
    made: Callable[[int], None],
) -> int:
    """Write the order down and return its id; `made` is told it in the transaction."""
    order = manager(actor).place(
        customer,
        body["items"],
        shipping_address=body.get("shipping_address"),
        note=body.get("note"),
        max_open=settings().max_open_orders,
    )
    order_id = order.id
    made(order_id)
    failpoint("order.placed")
    db.session.commit()
    failpoint("order.committed")
    return order_id


def reserve(order_id: int) -> None:
    """Ask product-svc for the order's stock and take its answer, if there is one.

    Without a definite answer the order stays PLACED and the worker asks again.
    """
    order = manager().get_order(order_id)
    lines = [{"product_id": p, "quantity": q} for p, q in order.lines.items()]
    is_placed = order.state == OrderState.PLACED
    db.session.commit()
    if not is_placed:
        return
    seconds = settings().reservation_seconds
    failpoint("order.before_reserve")
    try:
        answer = clients.products().reserve(order_id, lines, seconds)
    except Unavailable:
        due().postpone(Order, order_id)
    else:
        failpoint("order.after_reserve")
        _take(order_id, answer)
    db.session.commit()
    failpoint("order.reserve_answered")


def _take(order_id: int, answer: Done[Prices] | Refused) -> None:
    try:
        if isinstance(answer, Done):
            manager().mark_reserved(order_id, answer.value)
        else:
            manager().reject(order_id, refusal(answer))
    except Impossible:  # alerted already: another try was faster, and is believed
        db.session.rollback()
