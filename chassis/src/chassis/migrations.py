"""Migrations that several processes may start at once, and the check that they ran.

A revision's id is its number and its service (`0001_orders`).
"""

import fcntl
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import context
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, func, select

from chassis import logging
from chassis.db import Money, UtcDateTime, current_db

LOCK = zlib.crc32(b"migrations")
# The ids of revisions before the first release; every later id names its service.
UNRELEASED = {"0001", "0002"}
REBUILD = (
    "This database was made before the first release and cannot be migrated: delete it"
    " with `make clean` (local) or `make compose-down ARGS=--volumes` (containers)."
)
LIMITS = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)


def run_env() -> None:
    """Run the migrations under a lock; called by a service's `migrations/env.py`.

    A schema of a later version is left as it is: migrations only expand the schema, so
    that this version runs on it after a rollback. A schema from before the first
    release ends the process.
    """
    db = current_db()
    with db.engine.connect() as connection, _turn(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_render,
            include_object=current_app.extensions["alembic_include"],
        )
        heads = context.get_context().get_current_heads()
        if _is_unreleased(heads):
            raise SystemExit(REBUILD)
        if _is_newer(context.script, heads):
            logging.get().warning("the schema is of a later version and stays as it is")
            return
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def _is_newer(script: ScriptDirectory, heads: Iterable[str]) -> bool:
    known = {revision.revision for revision in script.walk_revisions()}
    return not known.issuperset(heads) and not _is_unreleased(heads)


def _is_unreleased(heads: Iterable[str]) -> bool:
    return not UNRELEASED.isdisjoint(heads)


def _render(kind: str, item: Any, _: Any) -> str | bool:
    """Write our column types as plain ones: migrations import no code of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Money):
        paise = 'with_variant(sa.BigInteger(), "sqlite")'
        return f"sa.Numeric({item.digits}, 2).{paise}"
    return False


@contextmanager
def _turn(connection: Connection) -> Iterator[None]:
    """Let one process migrate at a time: concurrent migrations fail."""
    if connection.dialect.name == "sqlite":
        lock = Path(f"{connection.engine.url.database}.migrate.lock")
        lock.touch(mode=0o600)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    for limit in LIMITS:  # a migration may take longer than a request
        connection.execute(select(func.set_config(limit, "0", True)))
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    yield


def _include_all(*_: object) -> bool:
    return True


def init_app(app: Flask, db: SQLAlchemy) -> None:
    """Give the app `flask db`, with the migrations of its own package."""
    folder = Path(app.root_path) / "migrations"
    app.extensions.setdefault("alembic_include", _include_all)
    Migrate(app, db, directory=str(folder))


def upgrade(app: Flask) -> None:
    """Bring the app's database to the newest version."""
    from flask_migrate import upgrade as flask_upgrade

    with app.app_context():
        flask_upgrade()


def is_current() -> bool:
    """Return whether the schema is that of this version or of a later one."""
    if not current_app.extensions.get("migrated"):
        script = ScriptDirectory(str(Path(current_app.root_path) / "migrations"))
        connection = current_db().session.connection()
        heads = set(MigrationContext.configure(connection).get_current_heads())
        is_newest = heads == set(script.get_heads())
        current_app.extensions["migrated"] = is_newest or _is_newer(script, heads)
    return bool(current_app.extensions["migrated"])
