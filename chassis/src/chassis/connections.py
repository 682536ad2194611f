"""Connections that are never pinged: a dead one is replaced before anything is sent.

A ping would cost each transaction a round trip. Instead a transaction begins with a
BEGIN of our own: when its connection is found dead, nothing of the transaction was
sent, so it begins again on a new connection. A GET request only reads, so its view runs
again when its connection dies later.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError

from chassis import logging

Answer = TypeVar("Answer")
PATIENCE = 2.0  # seconds that requests wait for a database that restarts
PAUSE = 0.05
# The execution option of connections that read outside a transaction.
AUTOCOMMIT = "chassis_autocommit"


class Connector:
    """Connects to PostgreSQL; waits while the server restarts.

    The wait ends PATIENCE seconds after the first refusal, for all requests: while a
    server is down for longer, each request fails at once.
    """

    def __init__(self) -> None:
        self._refused_since: float | None = None

    def connect(self, dialect: Dialect, _: Any, args: Any, options: Any) -> Any:
        """Return a connection of the driver that begins no transaction by itself."""
        while True:
            try:
                connection: Any = dialect.connect(*args, **options)
            except dialect.loaded_dbapi.OperationalError:
                if not self._may_wait():
                    raise
                time.sleep(PAUSE)
            else:
                self._refused_since = None
                connection.autocommit = True
                return connection

    def _may_wait(self) -> bool:
        now = time.monotonic()
        if self._refused_since is None:
            self._refused_since = now
        return now - self._refused_since < PATIENCE


def begin(connection: Connection, command: str = "BEGIN") -> None:
    """Begin a transaction; replace a connection that is found dead."""
    if connection.get_execution_options().get(AUTOCOMMIT):
        return
    try:
        connection.exec_driver_sql(command)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        logging.get().warning("connection replaced", error=str(error)[:300])
        connection.exec_driver_sql(command)


def listen(engine: Engine) -> None:
    """Let an engine of PostgreSQL connect and begin as described above."""
    event.listen(engine, "do_connect", Connector().connect)
    event.listen(engine, "begin", begin)


def ask(read: Callable[[], Answer]) -> Answer:
    """Return what a read returns; read once more when its connection dies."""
    try:
        return read()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        logging.get().warning("read repeated", error=str(error)[:300])
        return read()


def repeat_reads(app: Flask, db: SQLAlchemy, is_reading: Callable[[], bool]) -> None:
    """Run the view of a request once more when its connection dies while it reads."""
    dispatch = app.dispatch_request

    def read() -> ResponseReturnValue:
        try:
            return dispatch()
        except DBAPIError as error:
            # A GET request that writes has ended its reading by now.
            error.connection_invalidated &= is_reading()
            db.session.remove()
            raise

    app.dispatch_request = lambda: ask(read)  # type: ignore[method-assign]
