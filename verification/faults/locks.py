"""Holds a lock of a database for a while."""

import threading

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

MAIN_TABLES = {
    "user-svc": "users",
    "product-svc": "products",
    "order-svc": "orders",
    "payment-svc": "payment",
}


def hold(url: str, service: str, seconds: float) -> threading.Thread:
    """Lock a database for so many seconds, in a thread of its own."""
    thread = threading.Thread(target=_hold, args=(url, service, seconds), daemon=True)
    thread.start()
    return thread


def _hold(url: str, service: str, seconds: float) -> None:
    engine = create_engine(url, poolclass=NullPool)
    is_sqlite = engine.dialect.name == "sqlite"
    table = MAIN_TABLES[service]
    words = "BEGIN EXCLUSIVE" if is_sqlite else f"LOCK TABLE {table}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(words)
            threading.Event().wait(seconds)
            connection.rollback()
    except OperationalError:  # the database stopped, and the lock with it
        return
