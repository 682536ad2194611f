"""The service clients follow the settings."""

from typing import Any

from sqlalchemy import select

from user_svc.extensions import db
from user_svc.models import ServiceClient


def test_a_seed_brings_the_service_clients_in_sync(make_users: Any) -> None:
    app = make_users()
    with app.app_context():
        stale = {"secret_hash": "x", "audiences": ["user-svc"], "scopes": []}
        db.session.add(ServiceClient(client_id="gone-svc", **stale))
        db.session.add(ServiceClient(client_id="order-svc", **stale))
        db.session.commit()

    app.test_cli_runner().invoke(args=["seed"])

    with app.app_context():
        rows = db.session.scalars(select(ServiceClient)).all()
        found = {row.client_id: row.scopes for row in rows}
    assert found == {
        "order-svc": ["stock:reserve", "users:read"],
        "payment-svc": ["payments:write"],
    }
