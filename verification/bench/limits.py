"""`python -m verification.bench.limits`: what the limits cost a request of one product.

Three servers of product-svc, as in production on PostgreSQL, are asked in turn: without
limits, with limits in memory, and with limits in Redis. The ratio compares the
processor time of a server per request, the median of all turns: other processes
disturb it less than the time on the clock.
"""

import os
import statistics
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import click
import psutil

from devtools.layout import HOST
from devtools.local import ports, postgres, processes, redis
from devtools.local.supervisor import die_with_parent
from devtools.terminal import end_on_sigterm
from verification.bench.serving import listening

MOST = 1.03
WITHOUT, MEMORY, REDIS = "without limits", "in memory", "in Redis"
APPS = {WITHOUT: "verification.bench.unlimited:create_app()"}
PATH = "/products/1/"
BLOCK, COLD = 250, 50  # requests of a turn; the first find caches full of another's
GUNICORN = ("-m", "gunicorn", "--config", "python:chassis.web.gunicorn")


class Server:
    """A running server, asked over one connection."""

    def __init__(self, port: int, pid: int) -> None:
        self.pid = pid
        self.http = HTTPConnection(HOST, port, timeout=30)

    def turn(self) -> float:
        """Return the seconds of processor time per request of a block."""
        self._ask(COLD)
        before = self._processor_time()
        self._ask(BLOCK)
        return (self._processor_time() - before) / BLOCK

    def _ask(self, number: int) -> None:
        for _ in range(number):
            self.http.request("GET", PATH)
            with self.http.getresponse() as answer:
                answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{PATH} answered {answer.status}")

    def _processor_time(self) -> float:
        """Return the time of the worker processes; Linux counts nanoseconds."""
        workers = psutil.Process(self.pid).children(recursive=True)
        tasks = (Path(f"/proc/{one.pid}/task") for one in workers)
        times = (file.read_text() for one in tasks for file in one.glob("*/schedstat"))
        return sum(int(text.split()[0]) for text in times) / 1e9


def environment(url: str) -> dict[str, str]:
    """Return the environment of all servers."""
    return {
        **os.environ,
        "APP_ENV": "test",
        "SECRET_KEY": "a-secret-of-the-bench-0123456789-abcdef",
        "PUBLIC_URL": f"http://{HOST}",
        "DATABASE_URL": url,
        "RATE_LIMIT_FACTOR": "100000",
    }


def prepare(environ: dict[str, str]) -> None:
    """Create the tables and the products."""
    for spec in (processes.migration("product-svc"), processes.seed("product-svc")):
        subprocess.run(
            spec.command,
            cwd=spec.folder,
            env=environ,
            stdout=subprocess.DEVNULL,
            check=True,
        )


@contextmanager
def started(name: str, environ: dict[str, str]) -> Iterator[Server]:
    """Run a server meanwhile; its output goes nowhere."""
    port = ports.pick()
    app = APPS.get(name, "product_svc:create_app()")
    command = [sys.executable, *GUNICORN, "--bind", f"{HOST}:{port}", app]
    with listening(command, port, environ, die_with_parent) as pid:
        yield Server(port, pid)


def measure(servers: dict[str, Server], turns: int) -> dict[str, float]:
    """Return the seconds of a request of each server; the order changes each turn."""
    names, times = deque(servers), {name: list[float]() for name in servers}
    for _ in range(turns):
        names.rotate()
        for name in names:
            times[name].append(servers[name].turn())
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def report(times: dict[str, float]) -> list[str]:
    """Return the problems; print the figures."""
    base, problems = times[WITHOUT], []
    for name, seconds in times.items():
        ratio = seconds / base
        click.echo(f"{name:<15} {seconds * 1000:.3f} ms  {ratio:.3f}")
        if ratio > MOST:
            problems.append(f"limits {name} take {ratio:.3f} times as long, > {MOST}")
    return problems


@click.command()
@click.option("--turns", default=40, type=click.IntRange(1, 1000))
def main(turns: int) -> None:
    """Measure; exit with 1 when a limit costs more than 3 per cent."""
    end_on_sigterm()
    with ExitStack() as stack:
        environ = environment(stack.enter_context(postgres.server()))
        storage = {"RATE_LIMIT_STORAGE": stack.enter_context(redis.server())}
        prepare(environ)
        each = {WITHOUT: environ, MEMORY: environ, REDIS: environ | storage}
        servers = {
            name: stack.enter_context(started(name, values))
            for name, values in each.items()
        }
        problems = report(measure(servers, turns))
    for problem in problems:
        click.secho(problem, fg="red", err=True)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
