"""The HTTP API, one module per resource."""

from flask import Flask

import chassis.web.api
from chassis.web import action_log, docs
from product_svc.api import (
    categories,
    metrics,
    prices,
    products,
    reservations,
    searches,
    stock,
)

LOG = action_log.blueprint("/products")
BLUEPRINTS = (
    LOG,
    categories.blp,
    searches.blp,
    stock.blp,
    prices.blp,
    reservations.blp,
    products.blp,
)


def init_app(app: Flask) -> None:
    """Serve the API and its OpenAPI document."""
    chassis.web.api.init_app(app, "Products", *BLUEPRINTS)
    docs.init_app(app)
    metrics.init_app(app)
