"""The number of products whose stock is low, counted at each scrape."""

from flask import Flask
from prometheus_client import Gauge

from chassis.web.metrics import at_scrape
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
    at_scrape(app, _set)


def _set() -> None:
    LOW.set(ProductManager(db.session).count_low(MOST))
