"""A faithful local Razorpay: API, pay page, callbacks and webhooks."""

from collections.abc import Mapping

from flask import Flask

from razorpay_sandbox import api, control, errors, health, logs, page, security
from razorpay_sandbox.config import read_settings
from razorpay_sandbox.sandbox import Sandbox

MAX_BODY = 1024 * 1024


def create_app(settings: Mapping[str, str] | None = None) -> Flask:
    """Make the sandbox from its settings, which default to the environment.

    Webhooks and expiry need `sandbox_of(app).start()` too.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.strict_slashes = False  # Razorpay takes both spellings
    app.extensions["sandbox"] = Sandbox(read_settings(settings))
    for part in (logs, security, errors, api, page, control, health):
        part.init_app(app)
    return app


def sandbox_of(app: Flask) -> Sandbox:
    """Return what the app works on: ledger, clock and webhook courier."""
    found: Sandbox = app.extensions["sandbox"]
    return found
