"""A local stand-in for Razorpay: API, payment page, callbacks and webhooks."""

from collections.abc import Mapping

from flask import Flask

from razorpay_sandbox import (
    api,
    control,
    date,
    errors,
    health,
    logs,
    pages,
    security,
)
from razorpay_sandbox.config import read_settings
from razorpay_sandbox.sandbox import Sandbox

MAX_BODY = 1024 * 1024


def create_app(settings: Mapping[str, str] | None = None) -> Flask:
    """Create the app from `settings`, by default the environment variables.

    Call `sandbox_of(app).start()` to deliver webhooks and expire links.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.strict_slashes = False  # Razorpay accepts a URL with or without one
    app.extensions["sandbox"] = Sandbox(read_settings(settings))
    for part in (logs, security, date, errors, api, pages, control, health):
        part.init_app(app)
    return app


def sandbox_of(app: Flask) -> Sandbox:
    """Return the Sandbox of an app: its ledger, clock and webhook sender."""
    found: Sandbox = app.extensions["sandbox"]
    return found
