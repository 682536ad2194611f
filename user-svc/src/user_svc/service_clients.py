"""The services' clients: a table kept in step with the settings."""

import hashlib
import hmac
from typing import Any, cast

from sqlalchemy import delete, select

from user_svc.managers import Sessions
from user_svc.models import ServiceClient


def _hash(secret: str) -> str:
    # A service's secret is long and random: no slow hash is needed.
    return hashlib.sha256(secret.encode()).hexdigest()


class ServiceClientManager:
    """Who may ask for tokens without being a user."""

    def __init__(self, session: Sessions) -> None:
        self.session = session

    def sync(self, wanted: tuple[dict[str, Any], ...]) -> None:
        """Make the table say what the settings say."""
        names = [client["client_id"] for client in wanted]
        gone = delete(ServiceClient).where(ServiceClient.client_id.not_in(names))
        self.session.execute(gone)
        for client in wanted:
            row = self.find(client["client_id"])
            row = row or ServiceClient(client_id=client["client_id"])
            row.secret_hash = _hash(client["client_secret"])
            row.audiences, row.scopes = client["audiences"], client["scopes"]
            self.session.add(row)
            self.session.flush()

    def find(self, client_id: str) -> ServiceClient | None:
        """Return a client, if there is one."""
        found = select(ServiceClient).where(ServiceClient.client_id == client_id)
        return cast("ServiceClient | None", self.session.scalar(found))

    def authenticate(self, client_id: str, secret: str) -> ServiceClient | None:
        """Return the client whose secret this is."""
        client = self.find(client_id)
        kept = client.secret_hash if client else _hash("nobody")
        right = hmac.compare_digest(kept, _hash(secret))
        return client if right else None
