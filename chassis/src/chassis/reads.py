"""Hot reads: Core statements that are built once, each read outside a transaction.

A hot read saves the ORM object, the building of its statement, and the two round trips
of a transaction.
"""

from collections.abc import Sequence
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Row
from sqlalchemy.engine import Engine
from sqlalchemy.sql.base import Executable

from chassis.connections import AUTOCOMMIT, ask


def every(statement: Executable, **values: Any) -> Sequence[Row[Any]]:
    """Return all rows of a statement, whose bound parameters are `values`."""

    def read() -> Sequence[Row[Any]]:
        with _engine().connect() as connection:
            return connection.execute(statement, values).all()

    return ask(read)


def first(statement: Executable, **values: Any) -> Row[Any] | None:
    """Return the first row of a statement, or None; it should select one at most."""
    rows = every(statement, **values)
    return rows[0] if rows else None


def _engine() -> Engine:
    return cast("Engine", current_app.extensions["reading_engine"])


def init_app(app: Flask, db: SQLAlchemy) -> None:
    """Let hot reads share the connections of the app's database."""
    options: dict[str, Any] = {AUTOCOMMIT: True}
    app.extensions["reading_engine"] = db.engine.execution_options(**options)
