"""I14 and I15: idempotency keys, and ids of other services' rows."""

from collections import Counter
from typing import Any

from devtools.audit.books import Books, Found, is_replaced

PLACING = "POST /orders"


def wrong_keys(books: Books) -> Found:
    """I14: duplicate keys, keys that cannot be resumed, keys without an order.

    A key that is in progress after its lease is valid if it names its order: a retry
    of the client takes it over, and the saga continues without the client.
    """
    tables = (books.order_keys, books.product_keys, books.payment_keys, books.user_keys)
    for keys in tables:
        uses = Counter((row.caller, row.route, row.key) for row in keys)
        for (caller, route, key), times in uses.items():
            if times > 1:
                yield {"caller": caller, "route": route, "key": key, "rows": times}
        for row in keys:
            is_over = row.status is None and books.is_past(row.leased_until)
            if is_over and row.resource_id is None:
                yield {**_key(row), "in progress since": str(row.leased_until)}
    placing = [row for row in books.order_keys if row.route == PLACING]
    yield from _orders_of_keys(books, placing)


def _orders_of_keys(books: Books, keys: list[Any]) -> Found:
    named = Counter(row.resource_id for row in keys if row.resource_id is not None)
    for order_id, times in named.items():
        if times > 1:
            yield {"order": order_id, "keys": times}
    # Staff place orders for customers: the key is theirs, the order the customer's.
    placed_by = {
        row.order_id: row.reason for row in books.order_history if row.name == "place"
    }
    for row in keys:
        order = books.order.get(row.resource_id)
        is_done = row.status is not None or row.resource_id is not None
        if order is None and is_done:
            yield {**_key(row), "no such order": row.resource_id}
        elif order is not None and row.caller != placed_by.get(order.id):
            yield {**_key(row), "order": order.id, "placed by": placed_by[order.id]}


def _key(row: Any) -> dict[str, Any]:
    return {"caller": row.caller, "route": row.route, "key": row.key}


def orphans(books: Books) -> Found:
    """I15: ids of other services that do not exist or belong to another object."""
    yield from _users_and_products(books)
    yield from _orders(books)
    yield from _payments(books)


def _users_and_products(books: Books) -> Found:
    users = {row.id for row in books.users}
    products = {row.id for row in books.products}
    for row in books.orders:
        if row.user_id not in users and books.is_at_rest(row.id):
            yield {"order": row.id, "unknown user": row.user_id}
    for row in books.order_items:
        order = books.order.get(row.order_id)
        # An order of an unknown product is stored, then rejected.
        has_price = order is not None and order.total_price > 0
        if has_price and row.product_id not in products:
            yield {"order": row.order_id, "unknown product": row.product_id}


def _orders(books: Books) -> Found:
    for row in books.reservations:
        if row.order_id not in books.order and books.is_judged(row.updated_at):
            yield {"reservation of an unknown order": row.order_id}
    for row in filter(lambda row: books.is_judged(row.updated_at), books.payments):
        order = books.order.get(int(row.order_id))
        if order is None:
            yield {"payment": row.id, "unknown order": row.order_id}
        elif row.user_id != order.user_id and not is_replaced(row):
            yield {
                "payment": row.id,
                "of user": row.user_id,
                "order": order.id,
                "order's user": order.user_id,
            }


def _payments(books: Books) -> Found:
    refunds = {row.id: row.payment_id for row in books.refunds}
    claims = [(row.id, row.payment_id) for row in books.orders]
    claims += [(row.order_id, row.payment_id) for row in books.order_refunds]
    for order_id, payment_id in claims:
        owner = books.order_of_payment.get(payment_id)
        if payment_id is not None and owner != order_id:
            yield {"order": order_id, "payment": payment_id, "which is of order": owner}
    for row in books.order_refunds:
        owner = refunds.get(row.refund_id)
        if row.refund_id is not None and owner != row.payment_id:
            yield {
                "order": row.order_id,
                "refund": row.refund_id,
                "of payment": row.payment_id,
                "which is of payment": owner,
            }
