"""Backs up and restores the databases of a shop with the commands of the page."""

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
    """Run shell commands; fail at the first command that fails."""
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Copies:
    """Back-ups of a running shop, stored in a folder."""

    def __init__(self, shop, databases, folder):
        self.shop, self.databases, self.folder = shop, databases, folder
        self.urls = {
            service: shop.apps[name].extensions["test_database"]
            for service, name in NAMES.items()
        }

    def restart(self):
        """Start the four services on the restored databases."""
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
        """Close all connections of the services."""
        for app in self.shop.apps.values():
            dispose(app)

    def audit(self):
        """Return the violated invariants of the stopped shop, `{id: rows}`."""
        verdicts = audit.check(
            self.urls,
            self.shop.ledger(),
            drained=True,
            slack_seconds=60,
            queue_was_lost=True,
        )
        return {one.id: one.rows for one in verdicts if one.rows}


class Dumps(Copies):
    """Dumps of PostgreSQL databases."""

    def addresses(self):
        """Return the environment variables with the database URLs."""
        return {
            f"{service.replace('-', '_').upper()}_DATABASE": url.replace("+psycopg", "")
            for service, url in self.urls.items()
        }

    def take(self, *between):
        """Dump the databases one after the other, and call `between` in between."""
        lines = commands("Back-up", "pg_dump").splitlines()
        for line, act in zip(lines, [*between, lambda: None], strict=True):
            shell(line, self.folder, **self.addresses())
            act()

    def restore(self):
        """Restore all four dumps into new databases and start the shop on them."""
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
        """Drop the restored databases."""
        self.stop()
        for url in self.urls.values():
            self.databases.drop(url)


class Files(Copies):
    """Copies of the SQLite files, which a local run stores in `var/`."""

    HEADING = "Back-up and restore on SQLite"

    def take(self):
        """Copy the files of a stopped shop."""
        var = self.folder / "var"
        var.mkdir()
        (var / "secrets.env").touch()
        for service, url in self.urls.items():
            (var / f"{service}.db").symlink_to(make_url(url).database)
        shell(commands(self.HEADING, "mkdir"), self.folder)

    def restore(self):
        """Restore the copies and start the shop on them."""
        self.stop()
        shell(commands(self.HEADING, "rm"), self.folder)
        for service in self.urls:
            self.urls[service] = f"sqlite:///{self.folder / 'var' / service}.db"
        self.restart()
