"""The HTTP API, one module per resource."""

from flask import Flask

import chassis.web.api
from chassis.web import action_log, docs
from order_svc.api import cancellation, orders, refunds

LOG = action_log.blueprint("/orders")
BLUEPRINTS = (
    LOG,
    orders.blp,
    cancellation.blp,
    refunds.blp,
)


def init_app(app: Flask) -> None:
    """Serve the API and its documentation."""
    chassis.web.api.init_app(app, "Orders", *BLUEPRINTS)
    docs.init_app(app)
