"""What the tests of the action log read and do."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from tiny import ActionLog, Thing, db


@pytest.fixture
def log(app):
    """Return `log()`: the rows of the action log, oldest first."""

    def rows():
        with app.app_context():
            return db.session.scalars(select(ActionLog).order_by(ActionLog.id)).all()

    return rows


@pytest.fixture
def thing(app):
    with app.app_context():
        thing = Thing(name="lamp", price=Decimal("499.00"))
        db.session.add(thing)
        db.session.commit()
        return thing.id


@pytest.fixture
def acting(app, tokens, monkeypatch):
    """Return `acting(work, headers)`: do the work in a PATCH of that caller."""

    def act(work, headers=None):
        monkeypatch.setattr("tiny.etag.check", lambda _: work())
        path, who = "/things/1/", headers or tokens.staff()
        return app.test_client().patch(path, json={}, headers=who)

    return act
