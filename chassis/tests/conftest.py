"""The tiny service, on a database of its own."""

from datetime import timedelta

import pytest
from tiny import TwoSteps, create_app, db

from chassis import clock


@pytest.fixture
def app(make_app):
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
    """Make the two-step view crash between its commits, until told otherwise."""
    monkeypatch.setattr(TwoSteps, "crashes", True)
    return lambda: monkeypatch.setattr(TwoSteps, "crashes", False)


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
