"""Reads the four databases, each in one snapshot; writes to none."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from sqlalchemy import (
    Connection,
    NullPool,
    Select,
    String,
    Table,
    create_engine,
    func,
    select,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.engine import URL, make_url

import order_svc.models as orders
import payment_svc.models as payments
import product_svc.models as products
import user_svc.models as users
from chassis.config import database_url
from devtools.audit.books import Rows


def _all(model: Any) -> Select[Any]:
    """Select a table, oldest row first."""
    table = cast("Table", model.__table__)
    return select(table).order_by(*table.primary_key)


def _some(model: Any, *names: str) -> Select[Any]:
    """Select some columns of a table, oldest row first."""
    table = cast("Table", model.__table__)
    return select(*(table.c[name] for name in names)).order_by(*table.primary_key)


def _payments() -> Select[Any]:
    """Select the payments with the columns of the table that they extend."""
    own = cast("Table", payments.Payment.__table__)
    base = cast("Table", payments.AuditLog.__table__)
    joined = own.join(base, own.c.auditlog_ptr_id == base.c.id)
    return select(own, base).select_from(joined).order_by(base.c.id)


def _words() -> Select[Any]:
    """Select the entries of the search, `word:weight` joined for each product."""
    entry = products.ProductWord
    pair = entry.word + ":" + cast_to(entry.weight, String)
    joined = func.aggregate_strings(pair, "\n").label("entries")
    return select(entry.product_id, joined).group_by(entry.product_id)


KEY = ("caller", "route", "key", "leased_until", "resource_id", "status")
SENT = ("event_id", "queue", "type", "subject", "created_at", "published_at")
KEPT = ("body", "state")
RECEIVED = ("event_id", "type", "subject", "created_at")

# order-svc is read first: what it has stored about the other services, they stored
# before. In a running shop, a change between two reads is then no violation.
READS: dict[str, dict[str, Select[Any]]] = {
    "order-svc": {
        "orders": _all(orders.Order),
        "order_items": _all(orders.OrderItem),
        "order_history": _all(orders.OrderHistory),
        "order_refunds": _all(orders.OrderRefund),
        "stock_commands": _all(orders.StockCommand),
        "order_outbox": _some(orders.Outbox, *SENT),
        "order_inbox": _some(orders.Inbox, *RECEIVED),
        "order_quarantine": _some(orders.QuarantinedMessage, *KEPT),
        "order_dead_letters": _some(orders.DeadLetter, *KEPT),
        "order_keys": _some(orders.IdempotencyKey, *KEY),
    },
    "payment-svc": {
        "payments": _payments(),
        "payment_history": _all(payments.PaymentHistory),
        "refunds": _all(payments.Refund),
        "refund_history": _all(payments.RefundHistory),
        "disputes": _all(payments.Dispute),
        "dispute_history": _all(payments.DisputeHistory),
        "webhooks": _some(
            payments.WebhookEvent, "id", "event", "created_at", "processed_at"
        ),
        "payment_outbox": _some(payments.Outbox, *SENT),
        "payment_inbox": _some(payments.Inbox, *RECEIVED),
        "payment_quarantine": _some(payments.QuarantinedMessage, *KEPT),
        "payment_dead_letters": _some(payments.DeadLetter, *KEPT),
        "payment_keys": _some(payments.IdempotencyKey, *KEY),
    },
    "product-svc": {
        "products": _some(
            products.Product,
            "id",
            "stock_quantity",
            "reserved_quantity",
            "name",
            "description",
            "sku",
            "category_id",
            "price",
        ),
        "categories": _some(products.Category, "id", "name"),
        "product_words": _words(),
        "product_texts": _all(products.ProductText),
        "reservations": _all(products.Reservation),
        "reservation_items": _all(products.ReservationItem),
        "reservation_history": _all(products.ReservationHistory),
        "movements": _all(products.StockMovement),
        "price_changes": _all(products.PriceChange),
        "product_keys": _some(products.IdempotencyKey, *KEY),
    },
    "user-svc": {
        "users": _some(users.User, "id", "is_active", "deleted_at"),
        "families": _all(users.RefreshFamily),
        "tokens": _some(
            users.RefreshToken, "id", "family_id", "created_at", "spent_at"
        ),
        "mailed_tokens": _some(
            users.OneTimeToken, "id", "user_id", "purpose", "used_at"
        ),
        "user_keys": _some(users.IdempotencyKey, *KEY),
    },
}


def read(connections: Mapping[str, Connection]) -> dict[str, Rows]:
    """Read every table of `READS`, by its name in `Books`."""
    return {
        name: connections[service].execute(statement).all()
        for service, statements in READS.items()
        for name, statement in statements.items()
    }


@contextmanager
def opened(urls: Mapping[str, str]) -> Iterator[dict[str, Connection]]:
    """Connect to `{service: database address}`; the connections refuse to write."""
    with ExitStack() as stack:
        yield {
            service: stack.enter_context(_connection(make_url(database_url(address))))
            for service, address in urls.items()
        }


@contextmanager
def _connection(url: URL) -> Iterator[Connection]:
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(_read_only(url) if is_sqlite else url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if is_sqlite:
                # One snapshot for all: the driver itself begins none to read.
                connection.exec_driver_sql("BEGIN")
                yield connection
            else:
                yield connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
    finally:
        engine.dispose()


def _read_only(url: URL) -> URL:
    """Open an SQLite file as it is: never made, never changed."""
    return url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
