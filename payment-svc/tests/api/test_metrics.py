"""`/metrics/` shows the result of the last reconciliation run."""

from datetime import timedelta

from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError

from chassis import clock
from payment_svc.api import metrics
from payment_svc.extensions import db
from payment_svc.models import ReconciliationRun, RunState

NAMES = ("razorpay_drift", "razorpay_drift_unexplained")


def finished(shop, at, drift, unexplained):
    with shop.app.app_context():
        run = ReconciliationRun(
            since=at - timedelta(days=1),
            until=at,
            window_since=at,
            state=RunState.FINISHED,
            finished_at=at,
            drift=drift,
            unexplained=unexplained,
        )
        db.session.add(run)
        db.session.commit()


def scrape(shop):
    assert shop.call("GET", "/metrics/").status_code == 200
    return tuple(REGISTRY.get_sample_value(name) for name in NAMES)


def test_the_drift_of_the_last_run_is_a_metric(shop):
    now = clock.now().replace(microsecond=0)
    finished(shop, now, 5, 2)
    finished(shop, now - timedelta(days=1), 7, 7)

    assert scrape(shop) == (5, 2)
    seconds = REGISTRY.get_sample_value("razorpay_last_reconciliation_seconds")
    assert seconds == now.timestamp()


def test_metrics_are_served_without_the_database(shop, monkeypatch):
    finished(shop, clock.now(), 3, 1)
    assert scrape(shop) == (3, 1)

    def fail():
        raise OperationalError("select", {}, Exception("down"))

    monkeypatch.setattr(metrics, "_set", fail)

    assert scrape(shop) == (3, 1)
