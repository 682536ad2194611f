"""Health: alive, ready, and the state of the dependencies."""

from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from chassis import migrations
from chassis.db import current_db, model


def alive() -> ResponseReturnValue:
    """Answer that the process runs; the database is not used."""
    return jsonify(status="ok")


def _database() -> str:
    try:
        if not migrations.is_current():
            return "not migrated"
        current_db().session.execute(select(1))
    except SQLAlchemyError:
        return "unreachable"
    return "ok"


def _dependencies() -> dict[str, Any]:
    rows = current_db().session.scalars(select(model("dependencies")))
    return {
        row.name: {"ok": row.ok, "detail": row.detail, "seen_at": row.updated_at}
        for row in rows
    }


def ready() -> ResponseReturnValue:
    """Answer whether requests can be served: database reachable and migrated."""
    database = _database()
    ok = database == "ok"
    document = {
        "status": "ok" if ok else "unavailable",
        "checks": {"database": database},
        "neighbours": _dependencies() if ok else {},
    }
    return jsonify(document), 200 if ok else 503


def init_app(app: Flask, prefix: str) -> None:
    """Serve `/healthz`, `/readyz` and the latter as `<prefix>/health`, too."""
    blueprint = Blueprint("health", __name__)
    blueprint.add_url_rule("/healthz/", view_func=alive)
    blueprint.add_url_rule("/readyz/", view_func=ready)
    blueprint.add_url_rule(f"{prefix}/health/", "health", view_func=ready)
    app.register_blueprint(blueprint)
