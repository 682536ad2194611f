"""The staff panel: Flask-Admin, open to staff and admin users of user-svc only."""

from collections.abc import Sequence

from flask import Blueprint, Flask
from flask_admin import Admin
from flask_admin.actions import action
from flask_admin.theme import Bootstrap4Theme
from flask_sqlalchemy import SQLAlchemy

from chassis.admin import guard, staff
from chassis.admin.index import IndexView
from chassis.admin.messages import VIEWS
from chassis.admin.models import AdminSessionMixin
from chassis.admin.views import ModelView
from chassis.web.security import csp_nonce

__all__ = ["AdminSessionMixin", "ModelView", "action", "init_app"]

CHASSIS_TABLES = {
    "outbox": "Outbox",
    "inbox": "Inbox",
    "quarantine": "Quarantine",
    "dead_letters": "Dead letters",
    "idempotency_keys": "Idempotency keys",
    "dependencies": "Dependencies",
    "action_log": "Action log",
    "admin_sessions": "Signed-in staff",
}
ADDRESSES = {"dependencies": "neighbours"}  # the address is stable
SECRETS = {
    "admin_sessions": ("id", "access_token", "refresh_token"),
    "idempotency_keys": ("body", "fingerprint"),
}


def _chassis_views(app: Flask, db: SQLAlchemy) -> list[ModelView]:
    """Return views of the chassis tables that the service has."""
    tables = app.extensions["chassis_models"]
    return [
        type(
            f"{tables[name].__name__}View",
            (VIEWS.get(name, ModelView),),
            {"hidden": SECRETS.get(name, ())},
        )(
            tables[name],
            db,
            name=title,
            category="Under the hood",
            endpoint=ADDRESSES.get(name, name),
        )
        for name, title in CHASSIS_TABLES.items()
        if name in tables
    ]


def init_app(
    app: Flask, title: str, db: SQLAlchemy, views: Sequence[ModelView]
) -> None:
    """Serve the panel at /admin/: the service's views and the chassis tables."""
    panel = Blueprint("panel", __name__, template_folder="templates")
    app.register_blueprint(panel)
    app.jinja_env.globals["panel_staff"] = staff.current
    guard.init_app(app)
    panel_admin = Admin(
        app,
        name=title,
        index_view=IndexView(name="Overview"),
        theme=Bootstrap4Theme(swatch="default", fluid=True),
        csp_nonce_generator=csp_nonce,
    )
    for view in [*views, *_chassis_views(app, db)]:
        panel_admin.add_view(view)
