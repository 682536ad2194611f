"""Fixtures of the user service's tests: apps, and people with accounts."""

import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from chassis import clock, worker
from chassis.web import auth
from devtools.local import mailbox
from devtools.testkit.plugin import SECRET
from user_svc import create_app, passwords, steps
from user_svc.extensions import db
from user_svc.managers import SigningKeyManager, UserManager
from user_svc.managers.signing_keys import new_private_key
from user_svc.models import Mail
from user_svc.steps.signing_keys import Signer

PASSWORD = "a-long-walk-in-the-rain"
NEW = "and-home-by-the-river"
RESET = "A new password"
CLIENTS = [
    {
        "client_id": "order-svc",
        "client_secret": f"order-svc-{SECRET}",
        "audiences": ["user-svc", "product-svc"],
        "scopes": ["users:read", "stock:reserve"],
    },
    {
        "client_id": "payment-svc",
        "client_secret": f"payment-svc-{SECRET}",
        "audiences": ["product-svc"],
        "scopes": ["payments:write"],
    },
]
SETTINGS = {"SIGNING_KEY_SECRET": SECRET, "SERVICE_CLIENTS": json.dumps(CLIENTS)}


@dataclass
class Person:
    """A person with an account."""

    id: int
    email: str
    pair: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.pair['access_token']}"}

    @property
    def refresh_token(self) -> str:
        return str(self.pair["refresh_token"])


class Shop:
    """Short calls to the service's API."""

    def __init__(self, app: Flask, password_hash: str) -> None:
        self.app, self.password_hash = app, password_hash
        self.numbers = itertools.count(1)

    def call(self, method: str, path: str, headers: Any = None, **more: Any) -> Any:
        # A client of its own for each call: threads share this object.
        client = self.app.test_client()
        return client.open(path, method=method, headers=headers, **more)

    def person(self, role: str = "customer", **fields: Any) -> Person:
        """Make an account and sign in."""
        number = next(self.numbers)
        usual = {"name": f"Asha Rao {number}", "email": f"p{number}@shop.example"}
        with self.app.app_context():
            user = UserManager(db.session).register(
                **{**usual, **fields}, password_hash=self.password_hash, role=role
            )
            user_id, email = user.id, user.email
            db.session.commit()
        return Person(user_id, email, self.sign_in(email).json)

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        body = {"email": email, "password": password}
        return self.call("POST", "/user/login/", json=body)

    def refresh(self, token: str) -> Any:
        return self.call("POST", "/user/token/refresh/", json={"refresh_token": token})

    def mails(self, email: str, subject: str = "") -> list[EmailMessage]:
        """Run the worker; return the mails to an address."""
        worker.drain(self.app)
        folder = Path(self.app.extensions["settings"].mail_folder)
        return mailbox.mails(folder, email, subject)

    def mailed_token(self, email: str, subject: str) -> str:
        """Return the token in the newest mail to an address."""
        return mailbox.token(self.mails(email, subject)[-1])

    def ask_reset(self, email: str) -> Any:
        return self.call("POST", "/user/password-reset/", json={"email": email})

    def confirm_reset(self, token: str, password: str = NEW) -> Any:
        body = {"token": token, "new_password": password}
        return self.call("POST", "/user/password-reset/confirm/", json=body)

    def reset_token(self, email: str) -> str:
        """Ask for a new password; return the token that is mailed."""
        self.ask_reset(email)
        return self.mailed_token(email, RESET)

    def me(self, person: Person) -> Any:
        return self.call("GET", "/user/me/", person.headers)

    def token(self, headers: Any = None, **form: str) -> Any:
        return self.call("POST", "/user/token/", headers, data=form)

    def service_token(
        self, audience: str = "user-svc", scope: str = "users:read"
    ) -> dict[str, str]:
        """Return the headers of order-svc."""
        answer = self.token(
            grant_type="client_credentials",
            client_id="order-svc",
            client_secret=f"order-svc-{SECRET}",
            audience=audience,
            scope=scope,
        )
        return {"Authorization": f"Bearer {answer.json['access_token']}"}


@pytest.fixture(scope="session")
def private_key() -> RSAPrivateKey:
    return new_private_key()


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.make_hash(PASSWORD)


def renew(app: Flask) -> None:
    app.extensions["signer"] = Signer()
    auth.init_app(app, steps.list_public_keys)


@pytest.fixture
def make_users(
    reuse_app: Callable[..., Flask], private_key: RSAPrivateKey, tmp_path: Path
) -> Callable[..., Flask]:
    """Return `make_users(**settings)`: the service with a first key, fast to make."""

    def make(**settings: str) -> Flask:
        app = reuse_app(create_app, renew, **{**SETTINGS, **settings})
        config = app.extensions["settings"]
        folder = str(tmp_path / "mail")
        app.extensions["settings"] = replace(config, mail_folder=folder)
        with app.app_context():
            keys = SigningKeyManager(db.session, steps.keyring())
            keys.add(private_key, 1, clock.now())
            db.session.commit()
        return app

    return make


@pytest.fixture
def app(make_users: Callable[..., Flask]) -> Flask:
    return make_users()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def shop(app: Flask, password_hash: str) -> Shop:
    return Shop(app, password_hash)


@pytest.fixture
def asha(shop: Shop) -> Person:
    return shop.person(name="Asha Rao", email="asha@shop.example")


@pytest.fixture
def admin(shop: Shop) -> Person:
    return shop.person("admin")


@pytest.fixture
def hold_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Stop the clock; return a function that moves it to a number of seconds later."""
    moment, passed = clock.now(), [0]
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(seconds=passed[0]))
    return lambda seconds: passed.__setitem__(0, seconds)


@pytest.fixture
def pass_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Return a function that moves the service's clock forward by seconds."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(file))

    def let_pass(seconds: int) -> None:
        file.write_text(str(seconds))

    return let_pass


@pytest.fixture
def together() -> Callable[[int, Callable[[int], Any]], list[Any]]:
    """Return `together(times, work)`, which calls `work` in threads at once."""

    def run(times: int, work: Callable[[int], Any]) -> list[Any]:
        gate = threading.Barrier(times)

        def one(number: int) -> Any:
            gate.wait()
            return work(number)

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run


@pytest.fixture
def count() -> Callable[..., int]:
    """Return `count(app, table, *conditions)`, the number of rows."""

    def rows(app: Flask, table: Any, *where: Any) -> int:
        with app.app_context():
            found = select(func.count()).select_from(table).where(*where)
            return int(db.session.scalar(found) or 0)

    return rows


@pytest.fixture
def mail_row() -> Callable[..., Mail]:
    """Return `mail_row(app, kind)`, the only mail of a kind in the outbox."""

    def row(app: Flask, kind: str = "reset_password") -> Mail:
        with app.app_context():
            found = db.session.scalars(select(Mail).where(Mail.kind == kind)).one()
            db.session.expunge(found)
            return found

    return row
