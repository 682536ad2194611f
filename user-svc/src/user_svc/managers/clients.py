"""Service clients: who may have which tokens for itself."""

import hmac
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from user_svc.keyring import Keyring
from user_svc.models import ServiceClient


class Credentials(Protocol):
    """A client as the settings name it."""

    @property
    def client_id(self) -> str:
        """The client's name."""

    @property
    def client_secret(self) -> str:
        """What it proves itself with."""

    @property
    def audiences(self) -> Sequence[str]:
        """Which services its tokens may be for."""

    @property
    def scopes(self) -> Sequence[str]:
        """What they may allow."""


class ClientManager:
    """The rules of service clients."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.session = session
        self.keyring = keyring

    def is_in_step(self, clients: Sequence[Credentials]) -> bool:
        """Say whether the table holds these clients and no others."""
        rows = self.session.scalars(select(ServiceClient))
        stored = {row.client_id: _values(row) for row in rows}
        return stored == {one.client_id: self._wanted(one) for one in clients}

    def sync(self, clients: Sequence[Credentials]) -> None:
        """Make the table hold these clients and no others."""
        names = [one.client_id for one in clients]
        stale = delete(ServiceClient).where(ServiceClient.client_id.not_in(names))
        self.session.execute(stale)
        for one in clients:
            row = ServiceClient(client_id=one.client_id, **self._wanted(one))
            self.session.merge(row)
        self.session.flush()

    def authenticate(self, client_id: str, secret: str) -> ServiceClient | None:
        """Return the client whose secret this is."""
        if not client_id.isprintable():  # PostgreSQL takes no NUL in a text
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
