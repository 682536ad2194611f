"""Service clients: the services that may request tokens for themselves."""

import hmac
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from user_svc.keyring import Keyring
from user_svc.models import ServiceClient


class Credentials(Protocol):
    """A service client in the settings."""

    @property
    def client_id(self) -> str:
        """The name of the service."""

    @property
    def client_secret(self) -> str:
        """The secret that authenticates the service."""

    @property
    def audiences(self) -> Sequence[str]:
        """The services that its tokens may address."""

    @property
    def scopes(self) -> Sequence[str]:
        """The scopes that its tokens may have."""


class ServiceClientManager:
    """The rules for service clients."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.session = session
        self.keyring = keyring

    def is_in_sync(self, clients: Sequence[Credentials]) -> bool:
        """Whether the table holds exactly these clients."""
        rows = self.session.scalars(select(ServiceClient))
        stored = {row.client_id: _values(row) for row in rows}
        return stored == {one.client_id: self._wanted(one) for one in clients}

    def sync(self, clients: Sequence[Credentials]) -> None:
        """Make the table hold exactly these clients."""
        names = [one.client_id for one in clients]
        stale = delete(ServiceClient).where(ServiceClient.client_id.not_in(names))
        self.session.execute(stale)
        for one in clients:
            row = ServiceClient(client_id=one.client_id, **self._wanted(one))
            self.session.merge(row)
        self.session.flush()

    def authenticate(self, client_id: str, secret: str) -> ServiceClient | None:
        """Return the client if the secret is right."""
        if not client_id.isprintable():  # PostgreSQL accepts no NUL in a text
            return None
        row = self.session.get(ServiceClient, client_id)
        known = row.secret_hash if row else ""
        given = self.keyring.client_hash(client_id, secret)
        return row if hmac.compare_digest(known, given) else None

    def _wanted(self, one: Credentials) -> dict[str, Any]:
        return {
            "secret_hash": self.keyring.client_hash(one.client_id, one.client_secret),
            "audiences": list(one.audiences),
            "scopes": list(one.scopes),
        }


def _values(row: ServiceClient) -> dict[str, Any]:
    return {
        "secret_hash": row.secret_hash,
        "audiences": row.audiences,
        "scopes": row.scopes,
    }
