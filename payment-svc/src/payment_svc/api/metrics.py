"""Metrics of the last reconciliation run, read from its row at each scrape."""

from flask import Flask
from prometheus_client import Gauge

from chassis.web.metrics import at_scrape
from payment_svc.steps import Context

LAST = "mostrecent"
DRIFT = Gauge(
    "razorpay_drift",
    "Differences from Razorpay that the last run found.",
    multiprocess_mode=LAST,
)
UNEXPLAINED = Gauge(
    "razorpay_drift_unexplained",
    "Differences of the last run that a person must explain.",
    multiprocess_mode=LAST,
)
FINISHED = Gauge(
    "razorpay_last_reconciliation_seconds",
    "When the last run finished, in Unix seconds.",
    multiprocess_mode=LAST,
)


def init_app(app: Flask) -> None:
    """Set the metrics before `/metrics/` is answered."""
    at_scrape(app, _set)


def _set() -> None:
    run = Context("metrics").runs.find_last()
    if run is not None and run.finished_at is not None:
        DRIFT.set(run.drift)
        UNEXPLAINED.set(run.unexplained)
        FINISHED.set(run.finished_at.timestamp())
