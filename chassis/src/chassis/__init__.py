"""What every service of the shop is built on."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from chassis import correlation, db, errors, json, logging, migrations, tracing
from chassis.config import Settings
from chassis.http import Client
from chassis.web import auth, health, metrics, security


def init_app(
    app: Flask,
    settings: Settings,
    database: SQLAlchemy,
    *,
    prefix: str,
    fetch_keys: Callable[[], dict[str, Any]] | None = None,
) -> None:
    """Give an app all that a service has besides its own business.

    `prefix` is the path of its API (`/orders`); `fetch_keys` returns user-svc's public
    keys as a JWKS and asks user-svc over HTTP when not given.
    """
    app.extensions["settings"] = settings
    app.json = json.Provider(app)
    logging.configure(settings.service, settings.log_level)
    tracing.init_app(app, settings.service)
    app.extensions["user_svc"] = Client("user-svc", settings.user_svc_url)
    correlation.init_app(app)
    logging.init_app(app, settings.service)
    security.init_app(app, settings)
    errors.init_app(app)
    metrics.init_app(app, settings.service)
    db.init_app(app, settings, database)
    migrations.init_app(app, database)
    auth.init_app(app, fetch_keys or _ask_user_svc(app))
    health.init_app(app, prefix)


def _ask_user_svc(app: Flask) -> Callable[[], dict[str, Any]]:
    def fetch() -> dict[str, Any]:
        client: Client = app.extensions["user_svc"]
        answer = client.call("GET", "/.well-known/jwks.json")
        return dict(answer.data)

    return fetch
