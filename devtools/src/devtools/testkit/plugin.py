"""The pytest plug-in of all suites: apps on real databases, tokens, queues.

`TEST_DATABASE` names a PostgreSQL server (an address of a user who may create
databases); without it every app gets a SQLite file of its own.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self
from unittest import mock

import pytest
from flask import Flask
from werkzeug.serving import make_server

from chassis import clock, http
from devtools import memory
from devtools.testkit.apps import PATIENCE, SECRET, Apps, Renew, Reusable
from devtools.testkit.databases import CreateApp, Databases, dispose
from devtools.testkit.sockets import Guard
from devtools.testkit.tokens import Tokens

__all__ = ["SECRET", "dispose", "own_sqs", "reusing", "serve"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Distribute the files of `--dist loadfile` by their duration."""
    from devtools.testkit import order

    is_by_file = config.getvalue("dist") == "loadfile"
    return order.ByFile(config, log) if is_by_file else None


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Let the workers of pytest-xdist begin with slow files."""
    if hasattr(config, "workerinput"):
        from devtools.testkit import order

        order.sort(items)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Let services wait long for each other: a busy machine is no outage."""
    with mock.patch.multiple(http, CONNECT=PATIENCE, READ=PATIENCE):
        yield


@pytest.fixture(scope="session", autouse=True)
def guard() -> Iterator[Guard]:
    """Keep the test run on this machine."""
    made = Guard()
    with made.installed():
        yield made


@pytest.fixture(autouse=True)
def stay(guard: Guard) -> Iterator[None]:
    """Fail a test that was about to leave the machine, whatever became of the error."""
    yield
    if seen := guard.take():
        pytest.fail(f"This test was about to leave the machine: {', '.join(seen)}")


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    """Return the test run's signer."""
    return Tokens()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Return the maker of databases; those that are left go when the run ends."""
    with tempfile.TemporaryDirectory(prefix="shop-tests-", dir=memory.folder()) as name:
        made = Databases(Path(name))
        yield made
        made.drop_all()


@pytest.fixture(scope="session")
def apps(databases: Databases, tokens: Tokens) -> Iterator[Apps]:
    """Return the maker of apps."""
    made = Apps(databases, tokens)
    yield made
    made.close()


@pytest.fixture
def make_app(apps: Apps) -> Iterator[Callable[..., Flask]]:
    """Return `make_app(create_app, **settings)`: an app that only this test uses."""
    made: list[tuple[CreateApp, Flask]] = []

    def make(create_app: CreateApp, **settings: str) -> Flask:
        app = apps.make(create_app, settings)
        made.append((create_app, app))
        return app

    yield make
    for create_app, app in made:
        apps.remove(create_app, app)


@contextmanager
def reusing(apps: Apps) -> Iterator[Callable[..., Flask]]:
    """Yield `reuse_app`; the apps are given back at the end."""
    used: list[Reusable] = []

    def take(
        create_app: CreateApp, renew: Renew | None = None, **settings: str
    ) -> Flask:
        found = apps.take(create_app, settings)
        used.append(found)
        if renew is not None:
            renew(found.app)
        return found.app

    try:
        yield take
    finally:
        for one in used:
            apps.give_back(one)


@pytest.fixture
def reuse_app(apps: Apps) -> Iterator[Callable[..., Flask]]:
    """Return `reuse_app(create_app, renew, **settings)`: an app of earlier tests.

    Its database is empty, and its extensions are as new: `renew(app)` replaces those
    that keep state. A test that adds routes or hooks needs `make_app`.
    """
    with reusing(apps) as take:
        yield take


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


@contextmanager
def own_sqs() -> Iterator[None]:
    """Give boto3 an SQS of its own, inside the process."""
    from moto import mock_aws

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_REGION", "ap-south-1")
        patch.delenv("AWS_ENDPOINT_URL_SQS", raising=False)
        with mock_aws():
            yield


@pytest.fixture
def sqs() -> Iterator[None]:
    """Give boto3 an SQS of its own, inside the process."""
    with own_sqs():
        yield


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Stop the clock of the process, also for defaults of columns.

    Return `hold(seconds)`, which moves it to that many seconds after the start.
    """
    start, passed = datetime.now(UTC), [0]

    class Held(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment = start + timedelta(seconds=passed[0])
            return cls.fromtimestamp(moment.timestamp(), tz)

    monkeypatch.setattr(clock, "datetime", Held)
    return lambda seconds: passed.__setitem__(0, seconds)
