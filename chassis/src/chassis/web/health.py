"""Health: alive, ready, and the state of the dependencies."""

from typing import Any

from flask import Blueprint, Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from chassis import migrations
from chassis.db import current_db, model
from chassis.errors import Problem
from chassis.web import auth


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


def _is_staff() -> bool:
    """Return whether staff ask; a token that is not valid counts as none."""
    if "Authorization" not in request.headers:
        return False
    try:
        auth.authenticate((auth.STAFF,))
    except Problem:
        return False
    return True


def _described(row: Any) -> dict[str, Any]:
    return {"ok": row.ok, "detail": row.detail, "seen_at": row.updated_at}


def ready() -> ResponseReturnValue:
    """Answer whether requests can be served: database reachable and migrated.

    Only staff see which dependency is degraded, and why.
    """
    database = _database()
    if database != "ok":
        return jsonify(status="unavailable", checks={"database": database}), 503
    rows = list(current_db().session.scalars(select(model("dependencies"))))
    others = "ok" if all(row.ok for row in rows) else "degraded"
    checks = {"database": database, "dependencies": others}
    document: dict[str, Any] = {"status": "ok", "checks": checks}
    if _is_staff():
        document["neighbours"] = {row.name: _described(row) for row in rows}
    return jsonify(document)


def init_app(app: Flask, prefix: str) -> None:
    """Serve `/healthz`, `/readyz` and the latter as `<prefix>/health`, too."""
    blueprint = Blueprint("health", __name__)
    blueprint.add_url_rule("/healthz/", view_func=alive)
    blueprint.add_url_rule("/readyz/", view_func=ready)
    blueprint.add_url_rule(f"{prefix}/health/", "health", view_func=ready)
    app.register_blueprint(blueprint)
