"""The database: types and transactions that behave alike on SQLite and PostgreSQL."""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, cast

from flask import Flask, current_app, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, DateTime, Integer, MetaData, Numeric, event
from sqlalchemy.engine import (
    Connection,
    CursorResult,
    Dialect,
    Engine,
    ExceptionContext,
    make_url,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from chassis import clock, connections, logging, reads
from chassis.config import Settings

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BigInt = BigInteger().with_variant(Integer, "sqlite")
MAX_ID = 2**63 - 1
_QUOTED = re.compile(r': ".*"')
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Money(TypeDecorator[Decimal]):
    """A Decimal of two places: NUMERIC on PostgreSQL, INTEGER paise on SQLite.

    SQLite's NUMERIC is a float, where 0.10 + 0.20 sums to 0.30000000000000004.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, digits: int = 10) -> None:
        super().__init__(digits, 2)
        self.digits = digits

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        kind = BigInteger() if dialect.name == "sqlite" else Numeric(self.digits, 2)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write paise to SQLite, the Decimal elsewhere; more than two places fail."""
        if value is None:
            return None
        paise = Decimal(value) * 100
        if paise != paise.to_integral_value():
            raise ValueError(f"{value} has more than two decimal places")
        return int(paise) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read a Decimal of two places."""
        if value is None:
            return None
        amount = Decimal(value) / 100 if dialect.name == "sqlite" else Decimal(value)
        return amount.quantize(Decimal("0.01"))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite stores it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a datetime without zone; write UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Read an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


# `mapped_column(info=SECRET)`: its values are never logged; PERSONAL: not those erased.
# DERIVED: it follows from other columns and is not logged at all.
SECRET = {"secret": True}
PERSONAL = {"personal": True}
DERIVED = {"derived": True}
Id = Annotated[int, mapped_column(BigInt, primary_key=True)]
BigIntColumn = Annotated[int, mapped_column(BigInt)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]


class AuditModel:
    """The base of every table: when a row was created and last changed.

    It is abstract: a table is `class Order(AuditModel, db.Model)`. Timelines, ledgers
    and outboxes set `logs_inserts` to False: the action log has the row whose change
    they record. Tables without a meaning of their own set both flags to False.
    """

    logs_inserts: ClassVar[bool] = True
    logs_changes: ClassVar[bool] = True

    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[Moment] = mapped_column(
        UtcDateTime, default=clock.now, onupdate=clock.now
    )


def among(column: str, words: type[StrEnum]) -> str:
    """Return the CHECK of a column that holds one of the words."""
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({quoted})"


class RequestSession(Session):
    """A session whose end cannot fail: the answer to the client is made by then."""

    def close(self) -> None:
        """Close; give up the connection when its rollback fails."""
        try:
            super().close()
        except DBAPIError as error:
            logging.get().warning("connection lost", error=str(error)[:300])
            self.invalidate()


def database() -> SQLAlchemy:
    """Create a service's `db`, with its own metadata and named constraints."""

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention=NAMES)

    return SQLAlchemy(
        model_class=Base,
        session_options={"class_": RequestSession},
        engine_options={"hide_parameters": True},
    )


def current_db() -> SQLAlchemy:
    """Return the current app's `db`."""
    return cast("SQLAlchemy", current_app.extensions["sqlalchemy"])


def model(table: str) -> Any:
    """Return the current app's class for one of the chassis tables."""
    classes = current_app.extensions["chassis_models"]
    return classes[table]


def changed(statement: Any) -> int:
    """Execute a change in the open transaction; return how many rows it touched."""
    result = current_db().session.execute(statement)
    return cast("CursorResult[Any]", result).rowcount


@contextmanager
def reading(only: bool = True) -> Iterator[None]:
    """Begin transactions inside without SQLite's write lock: they only read."""
    token = _reading.set(only)
    try:
        yield
    finally:
        _reading.reset(token)


def writing() -> AbstractContextManager[None]:
    """Begin transactions inside with SQLite's write lock, also in a GET request."""
    return reading(only=False)


def allow_writes() -> None:
    """Let this GET request write; call before its first query."""
    _reading.set(False)


def engine_options(settings: Settings) -> dict[str, Any]:
    """Return the engine options for the configured database."""
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        # `_begin_sqlite` begins transactions: the driver would begin them only at the
        # first write, too late to protect a read that is followed by a write.
        return {"connect_args": {"isolation_level": None, "timeout": 5}}
    limits = (
        "-c statement_timeout=5000 -c lock_timeout=2000 -c timezone=UTC"
        " -c idle_in_transaction_session_timeout=10000"
    )
    return {
        "pool_size": settings.db_pool_size,
        "max_overflow": 0,
        "pool_timeout": 2,
        # A busy server needs seconds to start a connection's process. A server that
        # is down refuses the connection at once.
        "connect_args": {"options": limits, "connect_timeout": 5},
    }


def _make_private(_: Any, __: Any, args: Any, ___: Any) -> None:
    """Let only this user read the database; SQLite's other files follow its mode.

    A file that exists is not opened: closing it would end the locks that this process
    holds on it through SQLite (POSIX advisory locks), and other processes would then
    delete the log that its connections use.
    """
    path = str(args[0]) if args else ""
    with suppress(OSError):  # SQLite itself reports a file that cannot be opened
        os.chmod(path, 0o600)
        return
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _hide_values(context: ExceptionContext) -> None:
    """Remove values from the driver's error: `type integer: "abc"`, and its DETAIL."""
    errors = (context.original_exception, context.sqlalchemy_exception)
    for error in filter(None, errors):
        text = str(error.args[0]) if error.args else ""
        line = _QUOTED.sub("", text.partition("\n")[0])
        error.args = (line, *error.args[1:])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a committed order survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connections.begin(connection, "BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def listen(engine: Engine) -> None:
    """Prepare an engine: errors without values, files, locks and dead connections.

    SQLite takes the write lock at BEGIN, so that two writers never deadlock.
    """
    event.listen(engine, "handle_error", _hide_values)
    if engine.dialect.name != "sqlite":
        connections.listen(engine)
        return
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _mark_reading_request() -> None:
    _reading.set(request.method in ("GET", "HEAD", "OPTIONS"))


def _clear_reading(_: BaseException | None) -> None:
    _reading.set(False)


def init_app(app: Flask, settings: Settings, db: SQLAlchemy) -> None:
    """Bind `db` to the app's database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    mappers = db.Model.registry.mappers  # type: ignore[attr-defined]
    app.extensions["chassis_models"] = {
        mapper.class_.__tablename__: mapper.class_ for mapper in mappers
    }
    app.before_request(_mark_reading_request)
    app.teardown_request(_clear_reading)
    connections.repeat_reads(app, db, _reading.get)
    with app.app_context():
        listen(db.engine)
        reads.init_app(app, db)
