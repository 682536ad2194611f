"""Apps of tests: an app takes 0.2 s to make, so that tests reuse one."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

from flask import Flask

from chassis import db, logging, web
from chassis.config import Settings
from chassis.db import engine_options
from chassis.http import Client
from chassis.web.keys import Keys
from devtools.testkit.databases import CreateApp, Databases, dispose
from devtools.testkit.tokens import Tokens

SECRET = "a-secret-of-tests-that-is-long-enough-0123456789"  # noqa: S105
USUAL = {
    "APP_ENV": "test",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "http://127.0.0.1",
    "WORKER_POLL_SECONDS": "0.01",
    "RATE_LIMIT_FACTOR": "1000",  # tests of the limits set others
}
KEPT = 4  # free apps of one service
PATIENCE = 60  # seconds, where a service in production waits for one to ten
Renew = Callable[[Flask], object]


@dataclass(frozen=True, eq=False)
class Reusable:
    """An app, what it was made of, and the state that each test starts with."""

    create_app: CreateApp
    settings: dict[str, str]
    app: Flask
    extensions: dict[str, Any]
    config: dict[str, Any]

    def reset(self) -> None:
        """Give the app the state that it was made with, and clients without history."""
        _restore(self.app.extensions, self.extensions)
        _restore(self.app.config, self.config)
        settings = self.extensions["settings"]
        for use in web.USES:
            self.app.extensions[use] = Client("user-svc", settings.user_svc_url)
        for limiter in self.app.extensions["limiter"]:
            limiter.reset()
        if "pages" in self.app.extensions:
            self.app.extensions["pages"].expire()
        # The handler writes to the standard output that this test captures.
        logging.configure(settings.service, settings.log_level)


class Apps:
    """Makes apps on databases of their own, and keeps those that can be reused."""

    def __init__(self, databases: Databases, tokens: Tokens) -> None:
        self.databases, self.tokens = databases, tokens
        self.free: dict[CreateApp, list[Reusable]] = defaultdict(list)

    def make(self, create_app: CreateApp, settings: dict[str, str]) -> Flask:
        """Make an app."""
        environ = {**USUAL, **settings}
        url = self.databases.new(create_app, environ)
        with mock.patch.object(db, "engine_options", patient_options):
            app = create_app({**environ, "DATABASE_URL": url})
        app.testing = False  # errors become responses, as in production
        app.extensions["test_database"] = url
        self.trust(app)
        return app

    def trust(self, app: Flask) -> None:
        """Let an app accept the tokens of the test run."""
        app.extensions["keys"] = Keys(lambda: self.tokens.jwks)

    def remove(self, create_app: CreateApp, app: Flask) -> None:
        """Close an app that no test uses again."""
        dispose(app)
        self.databases.take_back(create_app, app)

    def take(self, create_app: CreateApp, settings: dict[str, str]) -> Reusable:
        """Return a free app with these settings, or make one."""
        free = self.free[create_app]
        found = next((one for one in free if one.settings == settings), None)
        if found is None:
            return self._reusable(create_app, settings)
        free.remove(found)
        found.reset()
        self.trust(found.app)
        return found

    def _reusable(self, create_app: CreateApp, settings: dict[str, str]) -> Reusable:
        app = self.make(create_app, settings)
        state = dict(app.extensions), dict(app.config)
        # After its first request Flask refuses further routes and hooks.
        app.test_client().get("/healthz/")
        return Reusable(create_app, settings, app, *state)

    def give_back(self, used: Reusable) -> None:
        """Keep an app for the next test, unless its database cannot be emptied."""
        if not self.databases.empty(used.create_app, used.app):
            dispose(used.app)
            self.databases.drop(used.app.extensions["test_database"])
            return
        free = self.free[used.create_app]
        free.append(used)
        if len(free) > KEPT:
            self._close(free.pop(0))

    def close(self) -> None:
        """Close the apps that are free."""
        for free in self.free.values():
            while free:
                self._close(free.pop())

    def _close(self, used: Reusable) -> None:
        dispose(used.app)
        self.databases.keep(used.create_app, used.app.extensions["test_database"])


def patient_options(settings: Settings) -> dict[str, Any]:
    """Return the engine options of a service that waits longer for its database.

    A busy machine would otherwise look like a database that does not answer.
    """
    options = engine_options(settings)
    connect: dict[str, Any] = options["connect_args"]
    if "timeout" in connect:
        connect["timeout"] = PATIENCE
    else:
        options["pool_timeout"] = PATIENCE
        limits = re.sub(r"timeout=\d+", f"timeout={PATIENCE}000", connect["options"])
        connect["options"] = limits
    return options


def _restore(now: dict[str, Any], then: dict[str, Any]) -> None:
    now.clear()
    now.update(then)
