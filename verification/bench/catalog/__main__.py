"""`make bench-catalog`: the catalogue beside its limits and a plain FastAPI shop."""

import random
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import click
import psutil

from devtools.local import postgres
from devtools.terminal import end_on_sigterm
from verification.bench import machine, pages
from verification.bench.catalog import data, load, report, servers
from verification.bench.catalog.report import Figure
from verification.bench.catalog.requests import CASES, Case
from verification.bench.catalog.servers import Server
from verification.faults.databases import PostgresqlDatabases

WARM_UP = 1.0


@click.command()
@click.option("--products", default="10000,1000000", help="Sizes of the catalogue.")
@click.option("--seconds", default=5.0, help="Duration of a measurement.")
@click.option("--rounds", default=5, help="Measurements of each case.")
@click.option("--servers", "chosen", default="limits,ours,plain", help="Which to run.")
@click.option("--out", type=click.Path(path_type=Path), help="Write into this page.")
def main(
    products: str, seconds: float, rounds: int, chosen: str, out: Path | None
) -> None:
    """Measure each case on each size; print the section and what it misses."""
    end_on_sigterm()
    found = machine.observe()
    sizes = [int(number) for number in products.split(",")]
    run = Run(seconds, rounds, chosen.split(","))
    servers.use_core(servers.LOAD_CORE)
    with opened() as database:
        figures = [one for size in sizes for one in run.measure(database, size)]
    arguments = shlex.join(sys.argv[1:])
    text = report.section(arguments, found, report.medians(figures))
    click.echo(text)
    if out:
        pages.write(out, "catalogue", text)


@dataclass(frozen=True)
class Database:
    """PostgreSQL with a database of product-svc."""

    url: str
    pid: int


@contextmanager
def opened() -> Iterator[Database]:
    """Run PostgreSQL on the servers' core, with the tables of product-svc."""
    with tempfile.TemporaryDirectory(prefix="shop-bench-") as folder:
        found = PostgresqlDatabases(Path(folder), postgres.DURABLE)
        try:
            pid = found.server.process.pid
            psutil.Process(pid).cpu_affinity([servers.SERVER_CORE])
            found.create("product-svc")
            database = Database(found.url("product-svc"), pid)
            servers.migrate(database.url)
            yield database
        finally:
            found.close()


@dataclass(frozen=True)
class Run:
    """The extent of a run."""

    seconds: float
    rounds: int
    chosen: list[str]

    def measure(self, database: Database, size: int) -> Iterator[Figure]:
        """Measure all cases on a catalogue of so many products."""
        python = servers.install_plain() if servers.PLAIN in self.chosen else ""
        data.fill(database.url, size)
        for number, name in product(range(self.rounds), self.chosen):
            with servers.started(name, database.url, python) as server:
                for case in CASES:
                    if case.server == name:
                        yield self._one(case, size, server, database, number)

    def _one(
        self, case: Case, size: int, server: Server, database: Database, number: int
    ) -> Figure:
        heads = case.heads(random.Random(number), size)
        load.run(server.port, heads, WARM_UP)
        pids = [database.pid, server.pid]
        before = servers.cpu_seconds(pids)
        found = load.run(server.port, heads, self.seconds)
        figure = Figure(case.title, size, found, servers.cpu_seconds(pids) - before)
        click.echo(
            f"{size:>9,}  {number + 1}  {case.title:<32} {found.rate:8.0f} /s "
            f"{figure.cpu_ms:8.2f} ms CPU  {dict(found.statuses)}"
        )
        return figure


if __name__ == "__main__":
    main()
