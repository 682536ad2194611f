"""Whether the process lives and its ledger answers."""

from flask import Blueprint, Flask, Response, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from razorpay_sandbox.errors import answer
from razorpay_sandbox.tables import Link

blp = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Serve the probes."""
    app.register_blueprint(blp)


@blp.get("/healthz/")
@blp.get("/control/healthz/")
def healthz() -> Response:
    """Say that the process lives."""
    return answer({"status": "ok"})


@blp.get("/readyz/")
def readyz() -> Response:
    """Say whether the ledger answers."""
    try:
        with current_app.extensions["sandbox"].ledger.transaction() as session:
            session.scalars(select(Link.id).limit(1)).first()
    except SQLAlchemyError:
        return answer({"status": "ledger does not answer"}, 503)
    return answer({"status": "ok"})
