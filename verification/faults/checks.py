"""The checks H1 to H8: the history of the clients must agree with the databases."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, func, select

from chassis.state_machine import Kind
from order_svc.models import (
    STATUSES,
    TRANSITIONS,
    IdempotencyKey,
    Order,
    OrderItem,
    OrderState,
    StockCommand,
    StockCommandKind,
    StockCommandState,
)
from verification.faults.history import FAIL, OK, History

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Facts:
    """The end of a run: the history, and the data of order-svc."""

    history: History
    orders: Mapping[int, str]
    keys: Counter[str]
    sold: Counter[int]
    stock: Mapping[int, int]


def read(url: str, history: History, stock: Mapping[int, int]) -> Facts:
    """Read order-svc's database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        orders = {
            int(key): str(state)
            for key, state in connection.execute(select(Order.id, Order.state))
        }
        # Two orders for one key would show as two rows of one key, or as two orders.
        keys = connection.execute(
            select(IdempotencyKey.key, func.count())
            .where(IdempotencyKey.resource_id.is_not(None))
            .group_by(IdempotencyKey.key)
        )
        sold = connection.execute(
            select(OrderItem.product_id, func.sum(OrderItem.quantity))
            .join(Order, Order.id == OrderItem.order_id)
            .where(Order.state == OrderState.CONFIRMED)
            .group_by(OrderItem.product_id)
        )
        return Facts(
            history,
            orders,
            Counter({str(key): int(n) for key, n in keys}),
            Counter({int(key): int(n) for key, n in sold}) - _returned(connection),
            stock,
        )


def _returned(connection: Connection) -> Counter[int]:
    """Count the restocked units of confirmed orders, which may be sold again."""
    returns = connection.scalars(
        select(StockCommand.items)
        .join(Order, Order.id == StockCommand.order_id)
        .where(
            StockCommand.kind == StockCommandKind.RESTOCK,
            StockCommand.state == StockCommandState.DONE,
        )
        .where(Order.state == OrderState.CONFIRMED)
    )
    found = Counter[int]()
    for line in chain.from_iterable(items or () for items in returns):
        found[line["product_id"]] += line["quantity"]
    return found


def h1(facts: Facts) -> Rows:
    """Every order that a client received is in order-svc."""
    placed = _placed(facts, OK)
    return [line for line in placed if line["order_id"] not in facts.orders]


def h2(facts: Facts) -> Rows:
    """An idempotency key creates at most one order."""
    made: dict[str, set[int]] = defaultdict(set)
    for line in _placed(facts, OK):
        made[line["key"]].add(line["order_id"])
    seen = [{"key": key, "orders": ids} for key, ids in made.items() if len(ids) > 1]
    kept = [{"key": key, "rows": n} for key, n in facts.keys.items() if n > 1]
    return seen + kept


def h3(facts: Facts) -> Rows:
    """No client sees the status of an order go backwards."""
    last: dict[tuple[str, int], str] = {}
    rows = []
    for line in facts.history.of("see"):
        one = (line["client"], line["order_id"])
        before, after = last.get(one, line["status"]), line["status"]
        if before != after and after not in REACHABLE[before]:
            rows.append({**line, "before": before})
        last[one] = after
    return rows


def h4(facts: Facts) -> Rows:
    """No more is sold than was in stock."""
    return [
        {"product_id": product, "sold": number, "stock": facts.stock[product]}
        for product, number in facts.sold.items()
        if product in facts.stock and number > facts.stock[product]
    ]


def h5(facts: Facts) -> Rows:
    """No customer sees the order of another."""
    return [
        line for line in facts.history.of("see") if line["owner"] != line["user_id"]
    ]


def h6(facts: Facts) -> Rows:
    """No service answers with an internal error except 503."""
    return facts.history.of("complain")


def h7(facts: Facts) -> Rows:
    """A request that was refused never created an order."""
    refused = {line["key"] for line in _placed(facts, FAIL) if not line["order_id"]}
    placed = {line["key"] for line in _placed(facts, OK)}
    return [{"key": key} for key in refused & placed]


def h8(facts: Facts) -> Rows:
    """No session survives a password reset that was confirmed."""
    return [line for line in facts.history.of("outlive") if line["outcome"] == OK]


def _placed(facts: Facts, outcome: str) -> Rows:
    return [line for line in facts.history.of("place") if line["outcome"] == outcome]


def _closure(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    reach: dict[str, set[str]] = {status: {status} for status in {*STATUSES.values()}}
    for source, to in pairs:
        reach[source].add(to)
    for middle in reach:
        for source in reach:
            if middle in reach[source]:
                reach[source] |= reach[middle]
    return reach


REACHABLE = _closure(
    (STATUSES[OrderState(source)], STATUSES[OrderState(transition.to)])
    for (source, _trigger), transition in TRANSITIONS.items()
    if source and transition.to and transition.kind is Kind.MOVE
)
CHECKS = {
    "H1": h1,
    "H2": h2,
    "H3": h3,
    "H4": h4,
    "H5": h5,
    "H6": h6,
    "H7": h7,
    "H8": h8,
}
