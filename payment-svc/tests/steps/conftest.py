from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from chassis import clock
from chassis.outcomes import Unknown
from payment_svc.extensions import db
from payment_svc.managers.reconciliation_runs import NAME
from payment_svc.models import (
    Dependency,
    Dispute,
    Payment,
    ReconciliationDrift,
    ReconciliationRun,
    Refund,
)
from payment_svc.razorpay.listings import Page
from payment_svc.steps import listings, manual_runs, reconcile_page


@pytest.fixture
def elsewhere(shop):
    """Return `elsewhere(order, rupees, **options)`: a refund in the dashboard."""

    def make(order, rupees=None, **options):
        if rupees is not None:
            options["amount"] = int(Decimal(rupees) * 100)
        path = f"payments/{shop.payment(order).razorpay_payment_id}/refund"
        return shop.control(path, **options)

    return make


@pytest.fixture
def sync(shop, staff):
    """Return `sync(order)`: staff reconcile the payment with Razorpay."""

    def post(order):
        path = f"/payments/{shop.payment(order).id}/sync/"
        return shop.call("POST", path, staff)

    return post


@pytest.fixture
def refund_answers_lost(shop):
    """Return a context in which Razorpay makes refunds, or not, and never answers."""

    @contextmanager
    def lose(*, is_made):
        service = shop.app.extensions["razorpay"]
        real = service.refund

        def refund(*call):
            if is_made:
                real(*call)
            return Unknown("lost")

        service.refund = refund
        yield
        service.refund = real

    return lose


@pytest.fixture
def alerts(caplog):
    """Return `alerts()`: the errors that were logged for staff."""

    def read():
        errors = (r.msg for r in caplog.records if r.levelname == "ERROR")
        return [one for one in errors if one.get("alert")]

    return read


@pytest.fixture
def alerted(alerts):
    """Return `alerted()`: the events of these errors."""
    return lambda: [one["event"] for one in alerts()]


@pytest.fixture
def rows(shop):
    """Return `rows(order)`: reason, amount and state of each refund."""
    return lambda order: [
        (one.reason, f"{one.amount:.2f}", one.state) for one in shop.refunds(order)
    ]


@pytest.fixture
def capture_of(shop):
    """Return `capture_of(order)`: Razorpay's id of the captured payment."""
    return lambda order: shop.payment(order).razorpay_payment_id


class Runs:
    """Starts runs and reads their pages; only a run finds anything."""

    def __init__(self, shop):
        self.shop = shop

    def start(self, days=0):
        now = clock.now().replace(microsecond=0)
        since = now.replace(hour=0, minute=0, second=0) - timedelta(days=days)
        with self.shop.app.app_context():
            return manual_runs.start_run(since, now)

    def turn(self, run_id):
        """Read a page as a worker does that has leased the run."""
        with self.shop.app.app_context():
            reconcile_page(run_id)
        return self.get(run_id)

    def get(self, run_id):
        [run] = self.shop.rows(ReconciliationRun, id=run_id)
        return run

    def finish(self, run_id, turns=50):
        for _ in range(turns):
            if self.turn(run_id).state == "finished":
                return self.get(run_id)
        raise AssertionError("the run does not end")

    def all(self, **how):
        """Start a run, finish it, and let the worker repair what it found."""
        run = self.finish(self.start(**how))
        self.shop.work()
        return run

    def change(self, model, **values):
        with self.shop.app.app_context():
            db.session.execute(update(model.__table__).values(**values))
            db.session.commit()

    def stop_polls(self):
        """Let no poll find anything: only a run does."""
        for model in (Payment, Refund, Dispute):
            self.change(model, next_check_at=None)

    def dependency(self):
        """Return the result of the last run, as staff see it."""
        with self.shop.app.app_context():
            return db.session.get(Dependency, NAME)

    def drift(self, **wanted):
        found = self.shop.rows(ReconciliationDrift, **wanted)
        return [(one.kind, one.razorpay_id) for one in found]


@pytest.fixture
def runs(shop):
    return Runs(shop)


@pytest.fixture
def service(shop):
    return shop.app.extensions["razorpay"]


@pytest.fixture
def lists(monkeypatch):
    """Return `lists(change)`: `change(listing, skip, page)` is what Razorpay lists.

    With `is_true` Razorpay returns the same by its ids.
    """
    real, one = listings.read_page, listings.read_one

    def install(change, *, is_true=False):
        def read(client, listing, *period):
            return change(listing, period[2], real(client, listing, *period))

        def fetch(client, listing, name):
            return change(listing, 0, Page((one(client, listing, name),))).items[0]

        monkeypatch.setattr(listings, "read_page", read)
        if is_true:
            monkeypatch.setattr(listings, "read_one", fetch)

    return install
