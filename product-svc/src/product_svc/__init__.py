"""The product service: the catalogue, its stock and the reservations of orders."""

from collections.abc import Mapping

from flask import Flask

from chassis import web, worker
from chassis.config import environment
from chassis.web import pages
from product_svc import admin, api, cli, jobs, seed
from product_svc.config import Settings
from product_svc.extensions import db


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Create the product service."""
    app = Flask(__name__)
    settings = Settings.load(environ or environment(__file__))
    web.init_app(app, settings, db, prefix="/products")
    pages.init_app(app, settings.catalogue_version_seconds)
    api.init_app(app)
    admin.init_app(app)
    cli.init_app(app)
    seed.init_app(app)
    worker.init_app(app, jobs=jobs.jobs(settings))
    return app
