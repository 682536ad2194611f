"""The panel of the tiny service, with fixtures for a member of staff."""

from decimal import Decimal

import pytest
from panel import Browser, UserSvc
from tiny import Thing, db


@pytest.fixture
def user_svc(app):
    app.extensions["user_svc_sign_in"] = UserSvc()
    return app.extensions["user_svc_sign_in"]


@pytest.fixture
def browser(app, user_svc):
    return Browser(app)


@pytest.fixture
def staff(browser):
    browser.sign_in()
    return browser


@pytest.fixture
def add(app):
    """Return `add(**values)`: keep a thing and return its id."""

    def add(name="lamp", price="499.00", **values):
        with app.app_context():
            thing = Thing(name=name, price=Decimal(price), **values)
            db.session.add(thing)
            db.session.commit()
            return thing.id

    return add


@pytest.fixture
def thing(add):
    return add()
