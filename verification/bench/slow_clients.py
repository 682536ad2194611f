"""`python -m verification.bench.slow_clients`: what slow clients cost the others.

200 connections send half of a head and 50 send a body byte by byte, while customers
list products. Rounds with and without the slow clients alternate within one run.
"""

import asyncio
import http.client
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from devtools.layout import HOST
from devtools.terminal import end_on_sigterm
from verification.bench.figures import percentile
from verification.bench.serving import served

SERVICE = "product-svc"
MOST = 1.5
HEALTH_WITHIN = 1.0
CUSTOMERS = 4
LIST = "/products/?limit=20"
HEAD = b"POST /products/check_stock/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = HEAD + b"Content-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
PAUSE = 0.5  # between two bytes of a slow client


@dataclass
class Side:
    """The seconds of each answer with, or without, slow clients."""

    lists: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def p99(self) -> float:
        """The 99th percentile of the lists' seconds; infinite without an answer."""
        return percentile(self.lists, 99) if len(self.lists) > 1 else float("inf")


def report(quiet: Side, slow: Side) -> list[str]:
    """Return the problems; print the figures."""
    ratio = slow.p99 / quiet.p99
    health = max(slow.health, default=float("inf"))
    click.echo(f"p99 without slow clients: {quiet.p99 * 1000:.1f} ms")
    click.echo(f"p99 with slow clients:    {slow.p99 * 1000:.1f} ms, ratio {ratio:.2f}")
    click.echo(f"slowest /healthz/ with slow clients: {health * 1000:.1f} ms")
    found = []
    if not ratio <= MOST:
        found.append(f"The ratio is above {MOST}.")
    if health > HEALTH_WITHIN:
        found.append(f"/healthz/ took more than {HEALTH_WITHIN:g} s.")
    if slow.failed:
        found.append(f"{slow.failed} requests got no answer.")
    return found


# ---- slow clients, in a process of their own ----
async def _drip(port: int, begun: bytes) -> None:
    """Begin a request again and again, and send one byte at a time of it."""
    while True:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
            writer.write(begun)
            while not writer.is_closing():
                await asyncio.sleep(PAUSE)
                writer.write(b"a")
                await writer.drain()
        except OSError:
            await asyncio.sleep(PAUSE)


async def _besiege(port: int, heads: int, bodies: int) -> None:
    clients = [_drip(port, HEAD + b"X-Slow: ") for _ in range(heads)]
    await asyncio.gather(*clients, *(_drip(port, BODY) for _ in range(bodies)))


def besiege(port: int, heads: int, bodies: int) -> None:
    """Run the slow clients until the process ends."""
    asyncio.run(_besiege(port, heads, bodies))


@contextmanager
def slow_clients(port: int, heads: int, bodies: int) -> Iterator[None]:
    """Keep slow clients connected meanwhile."""
    process = multiprocessing.Process(target=besiege, args=(port, heads, bodies))
    process.start()
    try:
        time.sleep(2 * PAUSE)  # all of them are connected
        yield
    finally:
        process.kill()
        process.join()


# ---- customers ----
def _time(port: int, path: str, until: float, pause: float, side: Side) -> None:
    seconds = side.lists if path == LIST else side.health
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    while (started := time.perf_counter()) < until:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            side.failed += answer.status != 200
            seconds.append(time.perf_counter() - started)
        except (OSError, http.client.HTTPException):
            side.failed += 1
            seconds.append(time.perf_counter() - started)
            connection.close()
        time.sleep(pause)


def measure(port: int, seconds: float, side: Side) -> None:
    """Let customers list products, and a probe ask for the health."""
    until = time.perf_counter() + seconds
    calls = [(LIST, 0.01)] * CUSTOMERS + [("/healthz/", 0.1)]
    threads = [
        threading.Thread(target=_time, args=(port, path, until, pause, side))
        for path, pause in calls
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=5)
@click.option("--seconds", type=float, default=4.0, help="Half the time of a round.")
@click.option("--heads", type=int, default=200, help="Clients with half a head.")
@click.option("--bodies", type=int, default=50, help="Clients with a slow body.")
def main(rounds: int, seconds: float, heads: int, bodies: int) -> None:
    """Measure; exit with 1 when slow clients cost the others too much."""
    end_on_sigterm()
    quiet, slow = Side(), Side()
    with served(SERVICE) as shop:
        port = shop.site.port(SERVICE)
        measure(port, 1.0, Side())  # warm up
        for _ in range(rounds):
            measure(port, seconds, quiet)
            with slow_clients(port, heads, bodies):
                measure(port, seconds, slow)
    problems = report(quiet, slow)
    for problem in problems:
        click.secho(problem, fg="red", err=True)
    sys.exit(int(bool(problems)))


if __name__ == "__main__":
    main()
