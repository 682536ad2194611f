"""The HTTP side of a service: routes, documents, access tokens, limits and health."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from chassis import correlation, db, errors, json, logging, migrations, tracing
from chassis.config import Settings
from chassis.http import Client
from chassis.server import refusals
from chassis.web import auth, cors, health, limits, metrics, proxies, security

# The clients of user-svc. Each use has a breaker of its own: what strangers send to the
# sign-in forms cannot stop the orders, nor the fetch of the public keys.
USES = ("user_svc", "user_svc_sign_in", "user_svc_keys")


def init_app(
    app: Flask,
    settings: Settings,
    database: SQLAlchemy,
    *,
    prefix: str,
    fetch_keys: Callable[[], dict[str, Any]] | None = None,
) -> None:
    """Give an app everything that each service has: base and HTTP side.

    `prefix` is the path of the service's API (`/orders`). `fetch_keys` returns
    user-svc's public keys as a JWKS; by default they are fetched from user-svc by HTTP.
    """
    app.extensions["settings"] = settings
    app.json = json.Provider(app)
    logging.configure(settings.service, settings.log_level)
    tracing.init_app(app, settings.service)
    for use in USES:
        app.extensions[use] = Client("user-svc", settings.user_svc_url)
    correlation.init_app(app)
    logging.init_app(app, settings.service)
    security.init_app(app, settings)
    proxies.init_app(app, settings)
    cors.init_app(app, settings, prefix)
    errors.init_app(app)
    refusals.init_app(app)
    metrics.init_app(app, settings.service)
    db.init_app(app, settings, database)
    migrations.init_app(app, database)
    auth.init_app(app, fetch_keys or auth.keys_of(app.extensions["user_svc_keys"]))
    limits.init_app(app, settings)
    health.init_app(app, prefix)
