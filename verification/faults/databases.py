"""The databases of a run: made once, copied for each run."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from psycopg import sql
from sqlalchemy import NullPool, create_engine

from devtools.layout import SERVICES
from devtools.local import postgres, processes
from devtools.local.processes import Process

SEEDED = ("user-svc", "product-svc")
Environment = Callable[[str], Mapping[str, str]]


class SqliteDatabases:
    """A file for each service."""

    name = "sqlite"
    server: postgres.Server | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template"

    def url(self, service: str) -> str:
        """Return the address of a service's database."""
        return f"sqlite:///{self.folder / service}.db"

    def prepare(self, environment: Environment) -> None:
        """Migrate and seed once; keep the result."""
        _fill(environment)
        self.template.mkdir()
        for service in SERVICES:
            shutil.move(self.folder / f"{service}.db", self.template)

    def renew(self) -> None:
        """Begin with fresh databases."""
        for service in SERVICES:
            for old in self.folder.glob(f"{service}.db*"):
                old.unlink()
            shutil.copy(self.template / f"{service}.db", self.folder)

    def close(self) -> None:
        """Do nothing: SQLite has no server."""


class PostgresqlDatabases:
    """A private server with a database for each service."""

    name = "postgresql"

    def __init__(
        self, folder: Path, settings: Mapping[str, str] = postgres.SETTINGS
    ) -> None:
        self.folder = folder
        folder.chmod(0o755)  # PostgreSQL is another user
        home = folder / "postgres"
        home.mkdir()
        self.server = postgres.Server(home, settings)
        self.server.start()

    def url(self, service: str) -> str:
        """Return the address of a service's database."""
        return self.server.url.removesuffix("/postgres") + f"/{service}"

    def create(self, service: str) -> None:
        """Create the empty database of a service."""
        self._do("CREATE DATABASE {}", service)

    def prepare(self, environment: Environment) -> None:
        """Migrate and seed once; keep the result as templates."""
        for service in SERVICES:
            self.create(service)
        _fill(environment)
        for service in SERVICES:
            self._do("ALTER DATABASE {} RENAME TO {}", service, f"{service}-made")

    def renew(self) -> None:
        """Begin with fresh databases."""
        for service in SERVICES:
            self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", service)
            self._do("CREATE DATABASE {} TEMPLATE {}", service, f"{service}-made")
        # A copied sequence treats its next values as already in the log; only
        # behind a checkpoint are they written, so that a crash cannot give them again.
        self._do("CHECKPOINT")

    def close(self) -> None:
        """Stop the server."""
        self.server.stop()

    def _do(self, statement: str, *names: str) -> None:
        engine = create_engine(
            self.server.url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            parts = (sql.Identifier(name) for name in names)
            text = sql.SQL(statement).format(*parts).as_string(driver)
            connection.exec_driver_sql(text)


Databases = SqliteDatabases | PostgresqlDatabases
KINDS: dict[str, type[Databases]] = {
    "sqlite": SqliteDatabases,
    "postgresql": PostgresqlDatabases,
}


def _fill(environment: Environment) -> None:
    for service in SERVICES:
        _complete(processes.migration(service), environment)
        if service in SEEDED:
            _complete(processes.seed(service), environment)


def _complete(process: Process, environment: Environment) -> None:
    done = subprocess.run(
        process.command,
        cwd=process.folder,
        env=dict(environment(process.service)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{process.name} failed:\n{done.stdout}{done.stderr}")
