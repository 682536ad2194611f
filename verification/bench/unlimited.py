"""product-svc without its limits, for the benchmark of what they cost."""

from unittest import mock

from flask import Flask

import product_svc
from chassis.web import limits


def create_app() -> Flask:
    """Make the app from the environment."""
    with mock.patch.object(limits, "init_app"):
        return product_svc.create_app()
