"""`make bench`: the cost of idempotency keys, and the latency of the payment link."""

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import click

from devtools.audit import reading
from devtools.terminal import end_on_sigterm
from verification.bench import latency, machine, pages, report, throughput
from verification.bench.buyers import let_in
from verification.bench.figures import Result
from verification.bench.shops import DATABASES, MeasuredShop, opened

FEW, SHORT = click.IntRange(2, 2000), click.FloatRange(0.1, 60)


@click.command()
@click.option(
    "--database", type=click.Choice(list(DATABASES)), help="Measure only this database."
)
@click.option(
    "--orders", type=FEW, default=200, help="Orders whose latency is measured."
)
@click.option("--rounds", type=FEW, default=6, help="Rounds of the throughput test.")
@click.option(
    "--seconds", type=SHORT, default=4.0, help="Duration of each half of a round."
)
@click.option("--clients", type=FEW, default=8, help="Concurrent customers.")
@click.option("--out", type=click.Path(path_type=Path), help="Write into this page.")
def main(database: str | None, out: Path | None, **sizes: Any) -> None:
    """Measure a shop on each database; exit with 1 when the link is too slow."""
    end_on_sigterm()
    found = machine.observe()
    click.echo(f"{found.cpu}, {found.cores} cores, load {found.load:.2f}")
    if not found.is_idle:
        click.secho(f"WARNING: {found.warning}", fg="red", bold=True, err=True)
    names = [database] if database else list(DATABASES)
    results = [measure(name, **sizes) for name in names]
    text = report.write(shlex.join(sys.argv[1:]), found, results)
    click.echo("\n" + text)
    if out:
        pages.write(out, "orders", text)
        click.echo(f"Written to {out}.")
    sys.exit(int(report.is_late(results)))


def measure(
    database: str, orders: int, rounds: int, seconds: float, clients: int
) -> Result:
    """Measure on one database."""
    log = _logger(database)
    log("making the databases and starting the shop")
    with opened(database) as shop:
        buyers = let_in(shop, clients)
        log(f"ready; {orders} orders, one at a time")
        waits = latency.measure(shop, buyers[0], orders, log)
        log(f"{clients} customers at once, {rounds} rounds of twice {seconds:g} s")
        rates = throughput.measure(buyers, seconds, rounds, log)
        shop.check_alive()
        return Result(database, _version(shop), waits, rates)


def _logger(database: str) -> throughput.Say:
    started = time.monotonic()

    def log(text: str) -> None:
        click.echo(f"{time.monotonic() - started:6.1f} s  {database:<10}  {text}")

    return log


def _version(shop: MeasuredShop) -> str:
    with reading.opened({"order-svc": shop.urls["order-svc"]}) as connections:
        numbers = connections["order-svc"].dialect.server_version_info
    return ".".join(str(number) for number in numbers or ())


if __name__ == "__main__":
    main()
