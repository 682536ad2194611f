"""`make bench`: what correctness costs, and how long a customer waits for the link."""

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import click

from devtools.audit import reading
from devtools.terminal import end_on_sigterm
from verification.bench import latency, machine, report, throughput
from verification.bench.buyers import let_in
from verification.bench.figures import Result
from verification.bench.shops import DATABASES, MeasuredShop, opened

FEW, SHORT = click.IntRange(2, 2000), click.FloatRange(0.1, 60)


@click.command()
@click.option("--database", type=click.Choice(list(DATABASES)), help="One of the two.")
@click.option("--orders", type=FEW, default=200, help="How many are timed singly.")
@click.option("--rounds", type=FEW, default=6, help="How often both sides take turns.")
@click.option("--seconds", type=SHORT, default=4.0, help="How long a side's turn is.")
@click.option("--clients", type=FEW, default=8, help="How many buy at once.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the page there.")
def main(database: str | None, out: Path | None, **sizes: Any) -> None:
    """Measure a whole shop on each database; end with 1 when the link is too late."""
    end_on_sigterm()
    found = machine.look()
    click.echo(f"{found.cpu}, {found.cores} cores, load {found.load:.2f}")
    if not found.is_idle:
        click.secho(f"WARNING: {found.warning}", fg="red", bold=True, err=True)
    names = [database] if database else list(DATABASES)
    results = [measure(name, **sizes) for name in names]
    text = report.write(shlex.join(sys.argv[1:]), found, results)
    click.echo("\n" + text)
    if out:
        out.write_text(text)
        click.echo(f"Written to {out}.")
    sys.exit(int(report.is_late(results)))


def measure(
    database: str, orders: int, rounds: int, seconds: float, clients: int
) -> Result:
    """Measure on one database."""
    say = _speaker(database)
    say("making the databases and starting the shop")
    with opened(database) as shop:
        buyers = let_in(shop, clients)
        say(f"ready; {orders} orders, one at a time")
        waits = latency.measure(shop, buyers[0], orders, say)
        say(f"{clients} customers at once, {rounds} rounds of twice {seconds:g} s")
        rates = throughput.measure(buyers, seconds, rounds, say)
        shop.check_alive()
        return Result(database, _version(shop), waits, rates)


def _speaker(database: str) -> throughput.Say:
    started = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"{time.monotonic() - started:6.1f} s  {database:<10}  {text}")

    return say


def _version(shop: MeasuredShop) -> str:
    with reading.opened({"order-svc": shop.urls["order-svc"]}) as connections:
        numbers = connections["order-svc"].dialect.server_version_info
    return ".".join(str(number) for number in numbers or ())


if __name__ == "__main__":
    main()
