"""A restart of the database under load: no read through the real server fails."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from chassis import migrations
from devtools.local import postgres
from devtools.testkit.plugin import SECRET, dispose
from product_svc import create_app
from product_svc.extensions import db
from product_svc.models import Category, Product

READERS = 4
PATHS = ("/products/1/", "/products/", "/products/categories/1/", "/products/?q=lamp")
# A busy machine restarts its server slowly.
SERVED = """
import os
from chassis import connections
connections.PATIENCE = 60.0
from product_svc import create_app
app = create_app(os.environ)
"""


@pytest.fixture
def server(databases):
    """Start a PostgreSQL that this test restarts."""
    if not databases.server:
        pytest.skip("SQLite has no server")
    folder = Path(tempfile.mkdtemp(prefix="shop-postgres-"))
    started = postgres.Server(folder, {**postgres.SETTINGS, **postgres.NEVER_KILLED})
    started.start()
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environ(server):
    """Fill the database; return the settings of product-svc."""
    found = {
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": server.url,
        "CATALOGUE_VERSION_SECONDS": "0",
        "RATE_LIMIT_FACTOR": "10000",
    }
    app = create_app(found)
    migrations.upgrade(app)
    with app.app_context():
        db.session.add_all([Category(name="Lamps"), Product(name="Lamp", price=1)])
        db.session.commit()
    dispose(app)
    return found


@pytest.fixture
def address(environ, tmp_path):
    """Serve product-svc as its image does; yield its address."""
    (tmp_path / "served.py").write_text(SERVED)
    places = {"PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    arguments = ["--config", "python:chassis.web.gunicorn", "--bind", "127.0.0.1:0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments, "served:app"],
        env={**os.environ, **environ, **places, "LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _listening(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _listening(process):
    for line in process.stdout:
        event = json.loads(line)["event"]  # gunicorn's own lines are JSON, too
        if found := re.search(r"Listening at: (http://\S+)", event):
            return found[1]
    raise AssertionError("gunicorn did not start")


def test_a_restart_of_the_database_costs_no_read(address, server):
    turns, is_over = [threading.Event() for _ in range(READERS)], threading.Event()

    def read(turn):
        statuses = set()
        with requests.Session() as client:
            while not (is_over.is_set() and turn.is_set()):
                turn.set()
                statuses |= {client.get(address + path).status_code for path in PATHS}
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
