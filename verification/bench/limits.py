"""`python -m verification.bench.limits`: what the limits cost a request of one product.

Blocks of requests to three apps alternate: without limits, with limits in memory, and
with limits in Redis. A service is one app, so the first requests of a block, which find
the caches full of another app, do not count. The ratio compares the processor time of
requests that no other process has disturbed: the tenth percentile.
"""

import logging
import os
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any
from unittest import mock

import click
from flask import Flask
from werkzeug.test import EnvironBuilder

from chassis import migrations
from chassis.web import limits
from devtools.layout import HOST
from devtools.local import redis
from devtools.terminal import end_on_sigterm
from product_svc import create_app
from product_svc.extensions import db
from product_svc.managers import ProductManager
from verification.bench.figures import percentile

MOST = 1.03
WITHOUT, MEMORY, REDIS = "without limits", "in memory", "in Redis"
PATH = "/products/1/"
WARM_UP = 50
BLOCK, COLD = 20, 4
UNDISTURBED = 10  # per cent


def apps(folder: Path, address: str) -> dict[str, Flask]:
    """Make the apps on one database with one product."""
    environ = {
        **os.environ,
        "APP_ENV": "test",
        "SECRET_KEY": "a-secret-of-the-bench-0123456789-abcdef",
        "PUBLIC_URL": f"http://{HOST}",
        "DATABASE_URL": f"sqlite:///{folder}/product.db",
        "LOG_LEVEL": "ERROR",
        "RATE_LIMIT_FACTOR": "1000",
    }
    with mock.patch.object(limits, "init_app"):
        found = {WITHOUT: create_app(environ)}
    found[MEMORY] = create_app(environ)
    if address:
        found[REDIS] = create_app({**environ, "RATE_LIMIT_STORAGE": address})
    migrations.upgrade(found[MEMORY])
    with found[MEMORY].app_context():
        ProductManager(db.session()).create({"name": "Lamp", "price": 1})
        db.session.commit()
    return found


def request(app: Flask, environ: dict[str, Any]) -> float:
    """Get the product; return the seconds of processor time."""
    statuses: list[str] = []

    def start(status: str, *_: Any) -> Any:
        statuses.append(status)

    started = time.thread_time()
    answer = app.wsgi_app(dict(environ), start)
    b"".join(answer)
    seconds = time.thread_time() - started
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{PATH} answered {statuses}")
    return seconds


def measure(found: dict[str, Flask], number: int) -> dict[str, float]:
    """Return the seconds of an undisturbed request of each app; their blocks alternate.

    The order changes with each turn.
    """
    environ, names = EnvironBuilder(PATH).get_environ(), deque(found)
    times: dict[str, list[float]] = {name: [] for name in found}
    for app in found.values():
        _block(app, environ, WARM_UP)
    for _ in range(-(-number // (BLOCK - COLD))):
        names.rotate()
        for name in names:
            times[name] += _block(found[name], environ, BLOCK)[COLD:]
    return {name: percentile(seconds, UNDISTURBED) for name, seconds in times.items()}


def _block(app: Flask, environ: dict[str, Any], number: int) -> list[float]:
    return [request(app, environ) for _ in range(number)]


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
@click.option("--requests", default=2000, type=click.IntRange(2, 100_000))
def main(requests: int) -> None:
    """Measure; exit with 1 when a limit costs more than 3 per cent."""
    end_on_sigterm()
    logging.disable(logging.INFO)
    temporary = tempfile.TemporaryDirectory(prefix="shop-bench-")
    with temporary as folder, redis.server() as address:
        problems = report(measure(apps(Path(folder), address), requests))
    for problem in problems:
        click.secho(problem, fg="red", err=True)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
