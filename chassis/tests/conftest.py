"""A small service that uses every part of the chassis, to test the parts on."""

import pytest
from tiny import create_app


@pytest.fixture
def app(make_app):
    return make_app(create_app)


@pytest.fixture
def client(app):
    return app.test_client()
