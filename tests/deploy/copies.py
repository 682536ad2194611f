"""Copies of a whole shop's databases, taken and restored by the page's own commands."""

import os
import subprocess
import uuid

import conftest
from sqlalchemy import make_url

from deploy.page import commands
from devtools import audit
from devtools.testkit.plugin import SECRET, dispose

NAMES = {f"{name}-svc": f"{name}s" for name in ("order", "payment", "product", "user")}
STARTED = {"APP_ENV": "test", "SECRET_KEY": SECRET, "WORKER_POLL_SECONDS": "0.01"}


def shell(script, folder, **environ):
    """Run commands as a person would paste them; the first that fails ends it."""
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Copies:
    """The copies of one shop, in a folder; the shop goes on while they are taken."""

    def __init__(self, shop, databases, folder):
        self.shop, self.databases, self.folder = shop, databases, folder
        self.urls = {
            service: shop.apps[name].extensions["test_database"]
            for service, name in NAMES.items()
        }

    def restart(self):
        """Start the four services on the databases that were restored."""
        for service, name in NAMES.items():
            settings = conftest._environ(self.shop.urls, self.shop.sandbox, service)
            app = conftest.SERVICES[name][1](
                {
                    **STARTED,
                    **settings,
                    "PUBLIC_URL": self.shop.urls[name],
                    "DATABASE_URL": self.urls[service],
                }
            )
            self.shop.apps[name] = self.shop.late[name].app = app
        conftest._use_real_keys(self.shop.apps, self.shop.urls)

    def stop(self):
        """Let go of all that the services hold open."""
        for app in self.shop.apps.values():
            dispose(app)

    def audit(self):
        """Return what violates an invariant at rest, `{id: rows}`."""
        verdicts = audit.check(
            self.urls,
            self.shop.ledger(),
            drained=True,
            slack_seconds=60,
            queue_was_lost=True,
        )
        return {one.id: one.rows for one in verdicts if one.rows}


class Dumps(Copies):
    """Dumps of PostgreSQL's databases."""

    def addresses(self):
        """Return what the page's commands call the databases."""
        return {
            f"{service.replace('-', '_').upper()}_DATABASE": url.replace("+psycopg", "")
            for service, url in self.urls.items()
        }

    def take(self, *between):
        """Dump one database after the other; `between` them, something happens."""
        lines = commands("Back-up", "pg_dump").splitlines()
        for line, happens in zip(lines, [*between, lambda: None], strict=True):
            shell(line, self.folder, **self.addresses())
            happens()

    def restore(self):
        """Bring all four back, into fresh databases, and start the shop on them."""
        self.stop()
        for service in self.urls:
            name = f"restored{uuid.uuid4().hex}"
            self.databases.admin(f'CREATE DATABASE "{name}"')
            url = make_url(self.urls[service]).set(database=name)
            self.urls[service] = url.render_as_string(hide_password=False)
        for word in ("pg_restore", "for database"):
            shell(commands("Restore", word), self.folder, **self.addresses())
        self.restart()

    def drop(self):
        """Throw the restored databases away."""
        self.stop()
        for url in self.urls.values():
            self.databases.drop(url)


class Files(Copies):
    """Copies of SQLite's files, which a local run keeps in `var/`."""

    HEADING = "Back-up and restore on SQLite"

    def take(self):
        """Copy the files of a shop that stands still."""
        var = self.folder / "var"
        var.mkdir()
        (var / "secrets.env").touch()
        for service, url in self.urls.items():
            (var / f"{service}.db").symlink_to(make_url(url).database)
        shell(commands(self.HEADING, "mkdir"), self.folder)

    def restore(self):
        """Put the copies in place and start the shop on them."""
        self.stop()
        shell(commands(self.HEADING, "rm"), self.folder)
        for service in self.urls:
            self.urls[service] = f"sqlite:///{self.folder / 'var' / service}.db"
        self.restart()
