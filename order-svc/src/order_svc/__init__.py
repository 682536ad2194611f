"""The order service: orders and their side of the checkout saga."""

from collections.abc import Mapping

from flask import Flask

from chassis import messaging, web, worker
from chassis.config import environment
from order_svc import admin, api, clients, consumers, events, jobs
from order_svc.config import Settings
from order_svc.extensions import db


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the order service."""
    app = Flask(__name__)
    settings = Settings.load(environ or environment(__file__))
    web.init_app(app, settings, db, prefix="/orders")
    clients.init_app(app, settings)
    api.init_app(app)
    admin.init_app(app)
    worker.init_app(app, jobs=jobs.jobs(settings))
    messaging.init_app(app, consumers=consumers.CONSUMERS, publishes=(events.QUEUE,))
    return app
