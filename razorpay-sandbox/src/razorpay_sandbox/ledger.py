"""The sandbox's SQLite database, with one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from razorpay_sandbox.models import Base

OLD = (
    "This ledger was made by an older version: delete it with `make clean` (local) or"
    " `make compose-down ARGS=--volumes` (containers)."
)


class Ledger:
    """All entities and events of the sandbox, in one SQLite file."""

    def __init__(self, url: str) -> None:
        database = make_url(url).database
        if database and database != ":memory:":
            _make_private(Path(database))
        self._engine = create_engine(
            url, connect_args={"isolation_level": None, "timeout": 10}
        )
        # Threads of this process wait on the lock, which is faster than SQLite's own
        # waiting; BEGIN IMMEDIATE protects against other processes.
        self._lock = Lock()
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        Base.metadata.create_all(self._engine)
        _check_columns(self._engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that commits at the end and rolls back on an error."""
        with self._lock, Session(self._engine) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _make_private(path: Path) -> None:
    """Let only this user read the ledger; SQLite's other files follow its mode.

    A file that exists is not opened: closing it would end SQLite's locks on it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
    path.chmod(0o600)


def _check_columns(engine: Engine) -> None:
    """End the process if a table lacks a column; the ledger has no migrations."""
    database = inspect(engine)
    for table in Base.metadata.sorted_tables:
        stored = {column["name"] for column in database.get_columns(table.name)}
        if not stored.issuperset(table.columns.keys()):
            raise SystemExit(OLD)


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # The driver begins at the first write, too late for a read followed by a write.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
