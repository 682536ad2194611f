"""Service clients: their credentials and their tokens."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy.exc import IntegrityError

from chassis.db import reading
from user_svc.extensions import db
from user_svc.managers import ServiceClientManager
from user_svc.models import ServiceClient
from user_svc.steps.context import keyring, settings
from user_svc.steps.tokens import Tokens, access_token


def find_client(client_id: str, secret: str) -> ServiceClient | None:
    """Return the service client with these credentials, detached.

    No transaction is left open: signing its token may have to create a key.
    """
    sync_clients()
    with reading():
        clients = ServiceClientManager(db.session, keyring())
        client = clients.authenticate(client_id, secret)
        db.session.expunge_all()
        db.session.rollback()
    return client


def service_token(client_id: str, audience: str, scopes: Sequence[str]) -> Tokens:
    """Return an access token for a call from one service to another."""
    scope = " ".join(scopes)
    claims = {"sub": client_id, "aud": audience, "scope": scope, "client_id": client_id}
    return {**access_token(claims), "scope": scope}


def sync_clients() -> None:
    """Make the service clients match the settings, once in each process."""
    if current_app.extensions.get("clients_in_sync"):
        return
    manager = ServiceClientManager(db.session, keyring())
    clients = settings().service_clients
    with reading():
        is_in_sync = manager.is_in_sync(clients)
        db.session.rollback()
    if not is_in_sync:
        try:
            manager.sync(clients)
            db.session.commit()
        except IntegrityError:  # another process did the same
            db.session.rollback()
    current_app.extensions["clients_in_sync"] = True
