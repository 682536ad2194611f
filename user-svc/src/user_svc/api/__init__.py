"""The HTTP API, one module per resource."""

from flask import Flask

import chassis.web.api
from chassis.web import action_log, docs
from user_svc.api import jwks, me, resets, sessions, token, users
from user_svc.api.access import Blueprint

LOG = action_log.blueprint("/user", Blueprint)
BLUEPRINTS = (
    LOG,
    jwks.blp,
    sessions.blp,
    token.blp,
    resets.blp,
    me.blp,
    users.blp,
)


def init_app(app: Flask) -> None:
    """Serve the API and its description."""
    chassis.web.api.init_app(app, "Users", *BLUEPRINTS)
    docs.init_app(app)
