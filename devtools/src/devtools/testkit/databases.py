"""Empty databases for tests: copies of a template that is migrated once.

On PostgreSQL a copy costs 0.2 s of work, so one that comes back is emptied and handed
out again.
"""

import os
import shutil
import uuid
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from flask import Flask
from sqlalchemy import (
    create_engine,
    exists,
    literal,
    make_url,
    select,
    text,
    union_all,
)
from sqlalchemy.exc import SQLAlchemyError

from chassis import migrations, web

CreateApp = Callable[[dict[str, str]], Flask]
# The ids of the next rows start at 1 again.
RESTART = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,"
    " start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL"
)


class Databases:
    """Migrates each service's schema once, then hands out copies of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = os.environ.get("TEST_DATABASE", "")
        self.made: dict[CreateApp, str] = {}
        self.free: dict[CreateApp, list[str]] = {}

    def new(self, create_app: CreateApp, environ: dict[str, str]) -> str:
        """Return the address of a fresh, migrated database."""
        if create_app not in self.made:
            self.made[create_app] = self._template(create_app, environ)
        name = f"t{uuid.uuid4().hex}"
        if not self.server:
            path = self.folder / f"{name}.db"
            self._copy(create_app, path)
            return f"sqlite:///{path}"
        if self.free.get(create_app):
            return self.free[create_app].pop()
        self.admin(f'CREATE DATABASE "{name}" TEMPLATE "{self.made[create_app]}"')
        return self._address(name)

    def _template(self, create_app: CreateApp, environ: dict[str, str]) -> str:
        name = f"template{uuid.uuid4().hex}" + ("" if self.server else ".db")
        if self.server:
            self.admin(f'CREATE DATABASE "{name}"')
            url = self._address(name)
        else:
            url = f"sqlite:///{self.folder / name}"
        app = create_app({**environ, "DATABASE_URL": url})
        migrations.upgrade(app)
        dispose(app)
        return name

    def _copy(self, create_app: CreateApp, path: Path) -> None:
        shutil.copy(self.folder / self.made[create_app], path)

    def _address(self, name: str) -> str:
        url = make_url(self.server).set(database=name)
        return url.render_as_string(hide_password=False)

    def admin(self, statement: str) -> None:
        """Run a statement of the server's administration."""
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def empty(self, create_app: CreateApp, app: Flask) -> bool:
        """Empty an app's database.

        Return False when a test has changed the schema or left a connection open.
        """
        if self.server:
            return _truncate(app)
        dispose(app)
        path = Path(make_url(app.extensions["test_database"]).database or "")
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        self._copy(create_app, path)
        return True

    def take_back(self, create_app: CreateApp, app: Flask) -> None:
        """Keep an app's database for the next, unless a test has changed its schema."""
        url = app.extensions["test_database"]
        if self.server and self.empty(create_app, app):
            self.keep(create_app, url)
        else:
            self.drop(url)
        dispose(app)

    def keep(self, create_app: CreateApp, url: str) -> None:
        """Keep an empty database for the next app."""
        if self.server:
            self.free.setdefault(create_app, []).append(url)

    def drop(self, url: str) -> None:
        """Drop a database."""
        if self.server:
            name = make_url(url).database
            self.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def drop_all(self) -> None:
        """Drop the templates and the databases that nobody uses."""
        if not self.server:
            return
        templates = [self._address(name) for name in self.made.values()]
        for url in chain(templates, *self.free.values()):
            self.drop(url)


def _truncate(app: Flask) -> bool:
    """Truncate the tables that have rows: truncating an empty one costs as much."""
    db = app.extensions["sqlalchemy"]
    tables = db.metadata.sorted_tables
    rows = [select(literal(t.name)).where(exists().select_from(t)) for t in tables]
    try:
        with app.app_context(), db.engine.begin() as connection:
            if db.engine.pool.checkedout() > 1:
                return False
            filled = connection.scalars(union_all(*rows)).all()
            if filled:
                names = ", ".join(f'"{name}"' for name in filled)
                connection.execute(text(f"TRUNCATE {names} CASCADE"))
            connection.execute(RESTART)
    except SQLAlchemyError:
        return False
    return True


def dispose(app: Flask) -> None:
    """Close all connections of an app."""
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    for use in web.USES:
        app.extensions[use].pool.clear()
