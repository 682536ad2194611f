"""The HTTP door of user-svc."""

from flask import Flask

import chassis.api
from user_svc.api import keys, me, sessions, token, users

BLUEPRINTS = (sessions.blp, token.blp, me.blp, users.blp, keys.blp)


def init_app(app: Flask) -> None:
    """Serve and document the routes."""
    chassis.api.init_app(app, "Users", *BLUEPRINTS)
