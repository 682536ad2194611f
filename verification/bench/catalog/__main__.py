"""`make bench-catalog`: the catalogue beside its limits and a plain FastAPI shop."""

import random
import shlex
import sys
import tempfile
import time
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
from verification.bench.catalog import data, load, report, servers, slow
from verification.bench.catalog.report import Figure
from verification.bench.catalog.requests import CASES, Case
from verification.bench.catalog.servers import Server
from verification.bench.catalog.slow import Asked
from verification.faults.databases import PostgresqlDatabases

WARM_UP = 0.4
SMALL = 100_000  # products of which a scan may be the best plan
SHORT = 0.4  # of the seconds, for the lists by filter and sort


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
    with opened(sizes) as databases:
        servers.use_core(servers.LOAD_CORE)
        figures = list(run.measure(databases))
        asked, scans = run.ask(databases)
    arguments = shlex.join(sys.argv[1:])
    text = report.section(arguments, found, report.medians(figures), asked, scans)
    click.echo(text)
    if out:
        pages.write(out, "catalogue", text)


@dataclass(frozen=True)
class Database:
    """A database of product-svc with so many products, and the server's process."""

    url: str
    pid: int
    products: int


@contextmanager
def opened(sizes: list[int]) -> Iterator[list[Database]]:
    """Run PostgreSQL with a database of each size, then bind it to the core."""
    with tempfile.TemporaryDirectory(prefix="shop-bench-") as folder:
        found = PostgresqlDatabases(Path(folder), postgres.DURABLE)
        try:
            pid = found.server.process.pid
            databases = [_filled(found, pid, size) for size in sizes]
            process = psutil.Process(pid)
            for one in (process, *process.children()):
                one.cpu_affinity([servers.SERVER_CORE])
            yield databases
        finally:
            found.close()


def _filled(server: PostgresqlDatabases, pid: int, size: int) -> Database:
    name, started = f"products-{size}", time.monotonic()
    server.create(name)
    database = Database(server.url(name), pid, size)
    servers.migrate(database.url)
    data.fill(database.url, size)
    click.echo(f"{size:,} products are inserted: {time.monotonic() - started:.0f} s")
    return database


@dataclass(frozen=True)
class Run:
    """The extent of a run."""

    seconds: float
    rounds: int
    chosen: list[str]

    def measure(self, databases: list[Database]) -> Iterator[Figure]:
        """Measure all cases on each catalogue, in rounds."""
        python = servers.install_plain() if servers.PLAIN in self.chosen else ""
        for number, database, name in product(
            range(self.rounds), databases, self.chosen
        ):
            with servers.started(name, database.url, python) as server:
                for case in CASES:
                    if case.server == name:
                        yield self._one(case, server, database, number)

    def ask(self, databases: list[Database]) -> tuple[list[Asked], list[str]]:
        """Send the requests that could be slow; also return the scans of tables."""
        asked: list[Asked] = []
        scans = []
        for one in databases:
            before = data.scans(one.url)
            with servers.started(servers.OURS, one.url, "") as server:
                asked += slow.ask(server.port, one.products, self.rounds)
            more = data.scans(one.url) - before
            if more and one.products > SMALL:
                scans.append(f"{one.products:,}: {more} scans of whole tables.")
        return asked, scans

    def _one(
        self, case: Case, server: Server, database: Database, number: int
    ) -> Figure:
        size = database.products
        heads = case.heads(random.Random(number), size)
        load.run(server.port, heads, WARM_UP)
        seconds = self.seconds if case.is_main else SHORT * self.seconds
        pids = [database.pid, server.pid]
        before = servers.cpu_seconds(pids)
        found = load.run(server.port, heads, seconds)
        figure = Figure(case.title, size, found, servers.cpu_seconds(pids) - before)
        click.echo(
            f"{size:>9,}  {number + 1}  {case.title:<32} {found.rate:8.0f} /s "
            f"{figure.cpu_ms:8.2f} ms CPU  {dict(found.statuses)}"
        )
        return figure


if __name__ == "__main__":
    main()
