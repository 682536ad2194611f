"""Returned goods: never more than was sold."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, Unprocessable
from order_svc.models import AUTOMATIC, Order, OrderRefund, Owed, OwedKind, OwedState


def check_returns(session: Session, order: Order, items: Mapping[int, int]) -> None:
    """Refuse goods that were not sold by this order, or have come back already."""
    if not items:
        return
    unknown = sorted(items.keys() - order.lines.keys())
    if unknown:
        raise Unprocessable(
            f"Not in this order: {', '.join(map(str, unknown))}.",
            errors={"items": [f"Product {p} is not in this order." for p in unknown]},
        )
    if _was_never_sold(session, order):
        raise Conflict("The goods never left the shelf.", code="not_committed")
    returned = _returned(session, order)
    for product_id, quantity in items.items():
        if returned[product_id] + quantity > order.lines[product_id]:
            raise Conflict(
                f"More of product {product_id} would come back than was sold.",
                code="restock_too_large",
            )


def _was_never_sold(session: Session, order: Order) -> bool:
    """Say whether the saga itself returned the own payment: stock was never taken."""
    statement = select(OrderRefund.id).where(
        OrderRefund.payment_id == order.payment_id, OrderRefund.reason.in_(AUTOMATIC)
    )
    return session.scalar(statement.limit(1)) is not None


def _returned(session: Session, order: Order) -> Counter[int]:
    rows = session.scalars(
        select(Owed.items)
        .where(Owed.order_id == order.id, Owed.kind == OwedKind.RESTOCK)
        .where(Owed.state != OwedState.REFUSED)
    )
    found: Counter[int] = Counter()
    for items in rows:
        for item in items or ():
            found[item["product_id"]] += item["quantity"]
    return found
