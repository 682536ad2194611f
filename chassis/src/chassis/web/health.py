"""Health: alive, ready, and what the worker saw of the neighbours."""

from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock, migrations
from chassis.db import Timestamps, current_db, model


class DependencyMixin(Timestamps):
    """A queue or service as the worker last saw it; it never fails readiness."""

    __tablename__ = "neighbours"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    ok: Mapped[bool]
    detail: Mapped[str] = mapped_column(String(200), default="")


def saw(name: str, *, ok: bool, detail: str = "") -> None:
    """Write down the state of a neighbour; to be committed by the caller."""
    session, table = current_db().session, model("neighbours")
    row = session.get(table, name) or table(name=name)
    row.ok, row.detail, row.updated_at = ok, detail[:200], clock.now()
    session.add(row)


def alive() -> ResponseReturnValue:
    """Say that the process runs; touch nothing."""
    return jsonify(status="ok")


def _database() -> str:
    try:
        if not migrations.is_current():
            return "not migrated"
        current_db().session.execute(select(1))
    except SQLAlchemyError:
        return "unreachable"
    return "ok"


def _neighbours() -> dict[str, Any]:
    rows = current_db().session.scalars(select(model("neighbours")))
    return {
        row.name: {"ok": row.ok, "detail": row.detail, "seen_at": row.updated_at}
        for row in rows
    }


def ready() -> ResponseReturnValue:
    """Say whether requests can be served: the database is there and migrated."""
    database = _database()
    ok = database == "ok"
    document = {
        "status": "ok" if ok else "unavailable",
        "checks": {"database": database},
        "neighbours": _neighbours() if ok else {},
    }
    return jsonify(document), 200 if ok else 503


def init_app(app: Flask, prefix: str) -> None:
    """Serve `/healthz`, `/readyz` and the like under the service's own prefix."""
    blueprint = Blueprint("health", __name__)
    blueprint.add_url_rule("/healthz/", view_func=alive)
    blueprint.add_url_rule("/readyz/", view_func=ready)
    blueprint.add_url_rule(f"{prefix}/health/", "health", view_func=ready)
    app.register_blueprint(blueprint)
