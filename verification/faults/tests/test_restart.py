"""A restart of the database under load: no read fails."""

import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chassis import connections, migrations
from devtools.local import postgres
from devtools.testkit.plugin import SECRET, dispose
from product_svc import create_app
from product_svc.extensions import db
from product_svc.models import Category, Product

READERS = 4
PATHS = ("/products/1/", "/products/", "/products/categories/1/", "/products/?q=lamp")


@pytest.fixture
def server(databases, monkeypatch):
    """Start a PostgreSQL that this test restarts."""
    if not databases.server:
        pytest.skip("SQLite has no server")
    monkeypatch.setattr(connections, "PATIENCE", 60.0)  # a busy machine is slow
    folder = Path(tempfile.mkdtemp(prefix="shop-postgres-"))
    started = postgres.Server(folder, {**postgres.SETTINGS, **postgres.NEVER_KILLED})
    started.start()
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def app(server):
    environ = {
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://localhost",
    }
    more = {"DATABASE_URL": server.url, "CATALOGUE_VERSION_SECONDS": "0"}
    app = create_app({**environ, **more, "RATE_LIMIT_FACTOR": "10000"})
    migrations.upgrade(app)
    with app.app_context():
        db.session.add_all([Category(name="Lamps"), Product(name="Lamp", price=1)])
        db.session.commit()
    yield app
    dispose(app)


def test_a_restart_of_the_database_costs_no_read(app, server):
    turns, is_over = [threading.Event() for _ in range(READERS)], threading.Event()

    def read(turn):
        client, statuses = app.test_client(), set()
        while not (is_over.is_set() and turn.is_set()):
            turn.set()
            statuses |= {client.get(path).status_code for path in PATHS}
        return statuses

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, turn) for turn in turns]
        for restart in (server.stop, server.crash):
            assert all(turn.wait(60) for turn in turns)
            restart()
            server.start()
            for turn in turns:
                turn.clear()
        is_over.set()

    assert [reader.result() for reader in readers] == [{200}] * READERS
