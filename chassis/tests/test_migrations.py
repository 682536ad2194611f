"""Migrations: several at once, back and forth, and the check that they ran."""

import os
import subprocess
import sys
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import inspect, text
from tiny import create_app, db

from chassis import migrations
from devtools.testkit.plugin import SECRET, dispose


@pytest.fixture
def environ(databases, tmp_path):
    """Return the environment of a service whose database is empty."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if databases.server:
        name = f"empty{os.getpid()}{tmp_path.name.replace('-', '')}"[:60]
        databases.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        databases.admin(f'CREATE DATABASE "{name}"')
        url = databases._address(name)
    yield {
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": url,
    }
    databases.drop(url)


@pytest.fixture
def empty(environ):
    """Return an app whose database is empty."""
    app = create_app(environ)
    yield app
    dispose(app)


def tables(app):
    with app.app_context():
        return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def is_current(app):
    with app.app_context():
        return migrations.is_current()


def upgrading(environ):
    """Start `flask db upgrade` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "tiny", "db", "upgrade"],
        env={**os.environ, **environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def stamp(app, revision):
    """Set the revision of the app's schema."""
    version = text("UPDATE alembic_version SET version_num = :revision")
    with app.app_context():
        db.session.execute(version, {"revision": revision})
        db.session.commit()


def test_four_processes_may_migrate_at_once(environ, empty):
    processes = [upgrading(environ) for _ in range(4)]
    said = [process.communicate(timeout=120)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 4, said
    assert is_current(empty)
    assert "things" in tables(empty)


def test_a_database_is_current_once_it_is_migrated(empty):
    assert not is_current(empty)
    migrations.upgrade(empty)

    assert is_current(empty)
    migrations.upgrade(empty)
    assert tables(empty) == set(db.metadata.tables)


def test_a_migration_can_be_taken_back(empty):
    migrations.upgrade(empty)
    with empty.app_context():
        flask_migrate.downgrade(revision="base")
    assert tables(empty) == set()

    migrations.upgrade(empty)
    assert tables(empty) == set(db.metadata.tables)


def test_a_version_that_was_rolled_back_runs_on_the_schema_of_the_later_one(empty):
    migrations.upgrade(empty)
    stamp(empty, "9999_things")

    migrations.upgrade(empty)

    assert is_current(empty)
    assert tables(empty) == set(db.metadata.tables)


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_database_from_before_the_first_release_is_refused(empty, revision):
    migrations.upgrade(empty)
    stamp(empty, revision)

    with pytest.raises(SystemExit) as refusal:
        migrations.upgrade(empty)

    assert "make clean" in str(refusal.value)
    assert "make compose-down ARGS=--volumes" in str(refusal.value)
    assert not is_current(empty)


def test_a_refused_database_ends_the_command_with_one_sentence(environ, empty):
    migrations.upgrade(empty)
    stamp(empty, "0001")

    done = upgrading(environ)
    said = done.communicate(timeout=120)[0]

    assert done.returncode == 1
    assert "Traceback" not in said
    assert said.splitlines()[-1] == migrations.REBUILD


def test_the_migrations_make_what_the_models_say(empty):
    migrations.upgrade(empty)

    with empty.app_context():
        flask_migrate.check()


def test_a_new_migration_is_written_in_plain_types(empty):
    from chassis.db import Money, UtcDateTime

    assert migrations._render("type", UtcDateTime(), None) == (
        "sa.DateTime(timezone=True)"
    )
    assert migrations._render("type", Money(10), None) == (
        'sa.Numeric(10, 2).with_variant(sa.BigInteger(), "sqlite")'
    )
    assert migrations._render("column", Money(10), None) is False
