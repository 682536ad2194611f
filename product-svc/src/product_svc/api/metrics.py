"""The number of products whose stock is low, counted at each scrape."""

from flask import Flask, request
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from chassis.db import reading
from product_svc.extensions import db
from product_svc.managers import ProductManager

MOST = 10_000
LOW = Gauge(
    "products_low_stock",
    "Products on sale with stock at or below their threshold; 10,000 at most.",
    multiprocess_mode="mostrecent",
)


def init_app(app: Flask) -> None:
    """Set the metric before `/metrics/` is answered."""
    app.before_request(_set_at_scrape)


def _set_at_scrape() -> None:
    """Keep the old value when the database cannot be read."""
    if request.endpoint != "metrics":
        return
    try:
        with reading():
            LOW.set(ProductManager(db.session).count_low(MOST))
    except SQLAlchemyError:
        return
