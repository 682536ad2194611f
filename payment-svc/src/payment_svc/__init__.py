"""The payment service: Razorpay's links, callbacks, webhooks and refunds."""

from collections.abc import Mapping

from flask import Flask

from chassis import messaging, web, worker
from chassis.config import environment
from payment_svc import admin, api, cli, events, razorpay_service
from payment_svc.config import Settings
from payment_svc.consumers import CONSUMERS
from payment_svc.extensions import db
from payment_svc.jobs import jobs


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the payment service."""
    app = Flask(__name__)
    settings = Settings.load(environ or environment(__file__))
    web.init_app(app, settings, db, prefix="/payments")
    razorpay_service.init_app(app, settings)
    api.init_app(app)
    admin.init_app(app)
    cli.init_app(app)
    worker.init_app(app, jobs=jobs(settings))
    messaging.init_app(app, consumers=CONSUMERS, publishes=(events.QUEUE,))
    return app
