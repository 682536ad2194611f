"""`python -m verification.bench.limits`: what the limits cost a request of one product.

Requests to three apps alternate: without limits, with limits in memory, and with
limits in Redis. The ratio compares the medians of processor time.
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
    """Return the median of each app; their requests alternate.

    The order changes with each turn: what runs first finds the coldest caches.
    """
    environ, names = EnvironBuilder(PATH).get_environ(), deque(found)
    times: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(number + WARM_UP):
        names.rotate()
        for name in names:
            seconds = request(found[name], environ)
            times[name] += [seconds] * (turn >= WARM_UP)
    return {name: percentile(seconds, 50) for name, seconds in times.items()}


def report(medians: dict[str, float]) -> list[str]:
    """Return the problems; print the figures."""
    base, problems = medians[WITHOUT], []
    for name, seconds in medians.items():
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
