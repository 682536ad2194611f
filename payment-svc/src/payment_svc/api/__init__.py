"""The HTTP API, one module for each resource."""

from flask import Flask

import chassis.web.api
from chassis.web import action_log, docs
from payment_svc.api import (
    attempts,
    callback,
    disputes,
    metrics,
    payments,
    refunds,
    webhook,
)

LOG = action_log.blueprint("/payments")
BLUEPRINTS = (
    LOG,
    callback.blp,
    webhook.blp,
    refunds.blp,
    attempts.blp,
    disputes.blp,
    payments.blp,
)


def init_app(app: Flask) -> None:
    """Serve the API and describe it."""
    chassis.web.api.init_app(app, "Payments", *BLUEPRINTS)
    docs.init_app(app)
    metrics.init_app(app)
