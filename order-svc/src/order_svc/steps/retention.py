"""How long the order service keeps stock commands."""

from datetime import timedelta

from chassis import clock
from chassis.failpoints import failpoint
from order_svc import queries
from order_svc.extensions import db
from order_svc.steps.work import settings


def delete_old_stock_commands() -> None:
    """Delete releases that product-svc has answered `owed_days` ago."""
    before = clock.now() - timedelta(days=settings().owed_days)
    queries.delete_stock_commands(before)
    failpoint("order.pruned")
    db.session.commit()
