"""Services and their tokens."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy.exc import IntegrityError

from chassis.db import reading
from user_svc.access import keyring, settings
from user_svc.extensions import db
from user_svc.managers import ClientManager
from user_svc.models import ServiceClient
from user_svc.steps.tokens import Tokens, access_token


def find_client(client_id: str, secret: str) -> ServiceClient | None:
    """Return the service whose credentials these are."""
    sync_clients()
    return ClientManager(db.session, keyring()).authenticate(client_id, secret)


def service_token(client_id: str, audience: str, scopes: Sequence[str]) -> Tokens:
    """Return a service's access token for another service."""
    scope = " ".join(scopes)
    claims = {"sub": client_id, "aud": audience, "scope": scope, "client_id": client_id}
    return {**access_token(claims), "scope": scope}


def sync_clients() -> None:
    """Bring the service clients in step with the settings, once in each process."""
    if current_app.extensions.get("clients_in_step"):
        return
    manager, clients = ClientManager(db.session, keyring()), settings().service_clients
    with reading():
        is_in_step = manager.is_in_step(clients)
        db.session.rollback()
    if not is_in_step:
        try:
            manager.sync(clients)
            db.session.commit()
        except IntegrityError:  # another process is doing the same
            db.session.rollback()
    current_app.extensions["clients_in_step"] = True
