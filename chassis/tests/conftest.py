"""The tiny service, on a database of its own."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tiny import TwoSteps, create_app, db

from chassis import clock
from devtools.testkit.plugin import SECRET


@pytest.fixture
def app(reuse_app):
    return reuse_app(create_app)


@pytest.fixture
def own_app(make_app):
    """Return an app to which a test may add routes."""
    return make_app(create_app)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def session(app):
    with app.app_context():
        yield db.session


@pytest.fixture
def crashing(monkeypatch):
    """Make the two-step view crash between its commits, until it is reset."""
    crash = RuntimeError("crashed between the commits")
    monkeypatch.setattr(TwoSteps, "crashes", crash)
    return lambda: monkeypatch.setattr(TwoSteps, "crashes", None)


@pytest.fixture
def move_clock(tmp_path, monkeypatch):
    """Return a function that moves the clock by seconds."""
    path = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(path))
    return lambda seconds: path.write_text(str(seconds))


@pytest.fixture
def hold_clock(monkeypatch):
    """Stop the clock; return a function that sets it so many seconds further on."""
    moment, passed = clock.now(), [0]
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(seconds=passed[0]))
    return lambda seconds: passed.__setitem__(0, seconds)


@pytest.fixture
def gunicorn(app, tmp_path):
    """Return `gunicorn(**environ)`: the tiny service on a free port, at its address."""
    served = "import os\nfrom tiny import create_app\napp = create_app(os.environ)\n"
    (tmp_path / "served.py").write_text(served)
    common = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parent)]),
        "TMPDIR": str(tmp_path),
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": app.extensions["test_database"],
        "SERVICE_NAME": "tiny-svc",
        "LOG_LEVEL": "WARNING",
    }
    arguments = ["--config", "python:chassis.web.gunicorn", "--bind", "127.0.0.1:0"]

    @contextmanager
    def start(**environ):
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *arguments, "served:app"],
            env={**common, **environ},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _listening(process)
        finally:
            process.terminate()
            process.communicate(timeout=30)

    return start


def _listening(process):
    for line in process.stdout:
        event = json.loads(line)["event"]  # gunicorn's own lines are JSON too
        if found := re.search(r"Listening at: (http://\S+)", event):
            return found[1]
    raise AssertionError("gunicorn did not start")
