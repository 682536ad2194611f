"""The pytest plug-in of all suites: apps on real databases, tokens, queues.

`TEST_DATABASE` names a PostgreSQL server (an address of a user who may create
databases); without it every app gets a SQLite file of its own.
"""

import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.serving import make_server

from chassis import migrations, web
from chassis.web import auth
from chassis.web.keys import Keys

SECRET = "a-secret-of-tests-that-is-long-enough-0123456789"  # noqa: S105
CreateApp = Callable[[dict[str, str]], Flask]


class Tokens:
    """Signs tokens as user-svc does, with a key of the test run."""

    KID = "test-key"

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        public: dict[str, Any] = RSAAlgorithm.to_jwk(
            self.key.public_key(), as_dict=True
        )
        self.jwks = {
            "keys": [{**public, "kid": self.KID, "alg": "RS256", "use": "sig"}]
        }

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        """Return a token with valid claims, overridden by these."""
        now = int(time.time())
        base = {"iss": "shop", "iat": now, "exp": now + 600, "jti": uuid.uuid4().hex}
        return jwt.encode(
            {**base, **claims},
            self.key,
            "RS256",
            {"typ": auth.TYPE, "kid": self.KID, **headers},
        )

    def user(self, user_id: int = 1, role: str = "customer") -> dict[str, str]:
        """Return the headers of a signed-in user."""
        token = self.sign({"sub": str(user_id), "aud": auth.SHOP, "role": role})
        return {"Authorization": f"Bearer {token}"}

    def staff(self, user_id: int = 900) -> dict[str, str]:
        """Return the headers of a member of staff."""
        return self.user(user_id, "staff")

    def admin(self, user_id: int = 999) -> dict[str, str]:
        """Return the headers of an admin."""
        return self.user(user_id, "admin")

    def service(self, client: str, audience: str, *scopes: str) -> dict[str, str]:
        """Return the headers of a service."""
        claims = {"sub": client, "aud": audience, "scope": " ".join(scopes)}
        return {"Authorization": f"Bearer {self.sign(claims)}"}


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    """Return the test run's signer."""
    return Tokens()


class Databases:
    """Migrates each service's schema once, then hands out copies of it.

    On PostgreSQL a copy costs 0.2 s of work, so one that comes back is emptied and
    handed out again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = os.environ.get("TEST_DATABASE", "")
        self.made: dict[Any, str] = {}
        self.free: dict[Any, list[str]] = {}

    def new(self, create_app: CreateApp, environ: dict[str, str]) -> str:
        """Return the address of a fresh, migrated database."""
        if create_app not in self.made:
            self.made[create_app] = self._template(create_app, environ)
        name = f"t{uuid.uuid4().hex}"
        if not self.server:
            path = self.folder / f"{name}.db"
            shutil.copy(self.folder / self.made[create_app], path)
            return f"sqlite:///{path}"
        if self.free.get(create_app):
            return self.free[create_app].pop()
        self.admin(f'CREATE DATABASE "{name}" TEMPLATE "{self.made[create_app]}"')
        return self._address(name)

    def _template(self, create_app: CreateApp, environ: dict[str, str]) -> str:
        name = f"template{uuid.uuid4().hex}" + ("" if self.server else ".db")
        if self.server:
            self.admin(f'CREATE DATABASE "{name}"')
            url = self._address(name)
        else:
            url = f"sqlite:///{self.folder / name}"
        app = create_app({**environ, "DATABASE_URL": url})
        migrations.upgrade(app)
        dispose(app)
        return name

    def _address(self, name: str) -> str:
        url = make_url(self.server).set(database=name)
        return url.render_as_string(hide_password=False)

    def admin(self, statement: str) -> None:
        """Run a statement of the server's administration."""
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def take_back(self, create_app: CreateApp, app: Flask) -> None:
        """Empty an app's database for the next; one that was changed is dropped."""
        url = app.extensions["test_database"]
        if not self.server:
            return
        engine = create_engine(url)
        tables = app.extensions["sqlalchemy"].metadata.tables
        names = ", ".join(f'"{name}"' for name in tables)
        try:
            with engine.begin() as connection:
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            self.free.setdefault(create_app, []).append(url)
        except SQLAlchemyError:
            self.drop(url)
        finally:
            engine.dispose()

    def drop(self, url: str) -> None:
        """Drop a database."""
        if self.server:
            name = make_url(url).database
            self.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Return the maker of databases; its templates go when the run ends."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    if made.server:
        templates = [made._address(name) for name in made.made.values()]
        for url in chain(templates, *made.free.values()):
            made.drop(url)


def dispose(app: Flask) -> None:
    """Close all connections of an app."""
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    for use in web.USES:
        app.extensions[use].pool.clear()


@pytest.fixture
def make_app(databases: Databases, tokens: Tokens) -> Iterator[Callable[..., Flask]]:
    """Return `make_app(create_app, **settings)`: an app on a database of its own."""
    made: list[tuple[CreateApp, Flask]] = []

    def make(create_app: CreateApp, **settings: str) -> Flask:
        environ = {
            "APP_ENV": "test",
            "SECRET_KEY": SECRET,
            "PUBLIC_URL": "http://127.0.0.1",
            "WORKER_POLL_SECONDS": "0.01",
            **settings,
        }
        url = databases.new(create_app, environ)
        app = create_app({**environ, "DATABASE_URL": url})
        app.testing = False  # errors become responses, as in production
        app.extensions["keys"] = Keys(lambda: tokens.jwks)
        app.extensions["test_database"] = url
        made.append((create_app, app))
        return app

    yield make
    for create_app, app in made:
        dispose(app)
        databases.take_back(create_app, app)


@contextmanager
def serve(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an app over real HTTP on a free port of loopback; yield its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give boto3 an SQS of its own, inside the process."""
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL_SQS", raising=False)
    with mock_aws():
        yield
