"""Liveness and readiness probes."""

from flask import Blueprint, Flask, Response, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from razorpay_sandbox.errors import answer
from razorpay_sandbox.models import Link

blp = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Register the probes."""
    app.register_blueprint(blp)


@blp.get("/healthz/")
@blp.get("/control/healthz/")
def healthz() -> Response:
    """Report that the process is running."""
    return answer({"status": "ok"})


@blp.get("/readyz/")
def readyz() -> Response:
    """Report whether the ledger's database answers a query."""
    try:
        with current_app.extensions["sandbox"].ledger.transaction() as session:
            session.scalars(select(Link.id).limit(1)).first()
    except SQLAlchemyError:
        return answer({"status": "the ledger database is not available"}, 503)
    return answer({"status": "ok"})
