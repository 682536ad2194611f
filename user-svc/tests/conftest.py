"""A user service on a database of its own, and who is known to it."""

import json

import pytest
from user_svc import create_app

from chassis import auth
from user_svc.api.keys import published

SECRET = "a-secret-of-tests-that-is-long-enough-9876543210"
PASSWORD = "a long walk in the rain"
CLIENTS = [
    {
        "client_id": "order-svc",
        "client_secret": SECRET,
        "audiences": ["product-svc", "user-svc"],
        "scopes": ["stock:reserve", "users:read"],
    }
]


@pytest.fixture
def app(make_app):
    app = make_app(
        create_app,
        SIGNING_KEY_SECRET=SECRET,
        SERVICE_CLIENTS=json.dumps(CLIENTS),
        DEMO_STAFF_EMAIL="staff@shop.example",
        DEMO_STAFF_PASSWORD=PASSWORD,
        DEMO_ADMIN_EMAIL="admin@shop.example",
        DEMO_ADMIN_PASSWORD=PASSWORD,
    )
    app.extensions["keys"] = auth.Keys(lambda: published(app))
    return app


@pytest.fixture
def client(app):
    return app.test_client()


class Accounts:
    """Signs people up and in; remembers nothing."""

    def __init__(self, app):
        self.app, self.client = app, app.test_client()

    def register(self, name="Asha Rao", email="asha@shop.example", **more):
        body = {"name": name, "email": email, "password": PASSWORD, **more}
        return self.client.post("/user/register/", json=body)

    def login(self, email="asha@shop.example", password=PASSWORD):
        body = {"email": email, "password": password}
        return self.client.post("/user/login/", json=body)

    def session(self, email="asha@shop.example"):
        """Return a pair and the headers of its access token."""
        pair = self.login(email).get_json()
        return pair, {"Authorization": f"Bearer {pair['access_token']}"}

    def customer(self, email="asha@shop.example"):
        """Register somebody; return the user and their headers."""
        user = self.register(email=email).get_json()
        return user, self.session(email)[1]

    def seeded(self, role):
        """Return the headers of the seeded staff or admin account."""
        self.app.test_cli_runner().invoke(args=["seed"])
        return self.session(f"{role}@shop.example")[1]

    def token(self, **form):
        return self.client.post("/user/token/", data=form)


@pytest.fixture
def accounts(app):
    return Accounts(app)
