"""Prometheus metrics, summed over all gunicorn workers."""

import os
import time
from collections.abc import Callable

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from sqlalchemy.exc import SQLAlchemyError

from chassis.db import reading

AT_SCRAPE = "metrics_at_scrape"
LABELS = ["service", "method", "route"]
REQUESTS = Counter("http_requests", "Requests answered.", [*LABELS, "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer a request.", LABELS)


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def expose() -> Response:
    """Answer the metrics of all worker processes as Prometheus text."""
    for read in current_app.extensions.get(AT_SCRAPE, ()):
        _read(read)
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def at_scrape(app: Flask, read: Callable[[], object]) -> None:
    """Let `read` set metrics from the database before each scrape is answered."""
    app.extensions.setdefault(AT_SCRAPE, []).append(read)


def _read(read: Callable[[], object]) -> None:
    """Keep the old values when the database cannot be read."""
    try:
        with reading():
            read()
    except SQLAlchemyError:
        return


def init_app(app: Flask, service: str) -> None:
    """Count and time requests by route, and serve `/metrics`."""
    app.add_url_rule("/metrics/", "metrics", expose)

    @app.after_request
    def _count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unmatched"
        method = request.method if request.url_rule else "OTHER"
        REQUESTS.labels(service, method, route, response.status_code).inc()
        elapsed = time.perf_counter() - g.get("started", time.perf_counter())
        SECONDS.labels(service, method, route).observe(elapsed)
        return response
