"""Commands to product-svc: compensations, restocks and longer reservations."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, logging
from order_svc.models import Lines, StockCommand, StockCommandKind, StockCommandState


def add_stock_command(
    session: Session,
    order_id: int,
    kind: StockCommandKind,
    *,
    return_id: str | None = None,
    items: Lines | None = None,
) -> None:
    """Add a command in the transaction that needs it; the worker sends it."""
    session.add(
        StockCommand(
            order_id=order_id,
            kind=kind,
            return_id=return_id,
            items=items,
            next_check_at=clock.now(),
        )
    )


def record_stock_command(
    session: Session, command_id: int, state: StockCommandState, answer: str
) -> None:
    """Record the final answer of product-svc; a refusal raises an alert."""
    command = session.get_one(StockCommand, command_id)
    command.state, command.answer = state, answer[:100]
    command.next_check_at = None
    if state == StockCommandState.REFUSED:
        logging.get().error(
            "product-svc refused a stock command",
            order_id=command.order_id,
            kind=str(command.kind),
            answer=answer,
            alert=True,
        )


def restocked(session: Session, order_id: int) -> Counter[int]:
    """Return `{product id: quantity}` of an order's restocks that were not refused."""
    rows = session.scalars(
        select(StockCommand.items)
        .where(StockCommand.order_id == order_id)
        .where(StockCommand.kind == StockCommandKind.RESTOCK)
        .where(StockCommand.state != StockCommandState.REFUSED)
    )
    found: Counter[int] = Counter()
    for items in rows:
        for item in items or ():
            found[item["product_id"]] += item["quantity"]
    return found
