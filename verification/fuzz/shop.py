"""The shop that is fuzzed: as `make run` starts it, with raised limits."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from devtools.layout import SERVICES
from verification.faults.databases import KINDS, Databases
from verification.faults.running import RunningShop

INTEGRATOR = "integrator"
SECRET = "a-secret-of-the-fuzzed-shop-alone"  # noqa: S105
SCOPES = ("users:read", "stock:reserve", "payments:read", "payments:write")
UNLIMITED = "1000000"
# A fuzzer is one address that guesses passwords and never pays.
LIMITS = {
    "user-svc": {
        "ACCESS_TOKEN_SECONDS": "86400",
        "SIGN_IN_ATTEMPTS": UNLIMITED,
        "ADDRESS_ATTEMPTS": UNLIMITED,
    },
    "order-svc": {
        "MAX_OPEN_ORDERS": UNLIMITED,
        "MAX_HELD_BY_CUSTOMER": UNLIMITED,
        "MAX_HELD_UNVERIFIED": UNLIMITED,
        "MAX_HELD_BY_ADDRESS": UNLIMITED,
    },
}


class FuzzedShop(RunningShop):
    """A shop without limits, and with a client that has every scope."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        super().__init__(folder, databases)
        self.is_kept = False
        self.links: list[list[str]] = []

    def environment(self, name: str) -> dict[str, str]:
        """Raise the limits and add the client."""
        values = super().environment(name) | LIMITS.get(name, {})
        if name == "user-svc":
            clients = json.loads(values["SERVICE_CLIENTS"])
            values["SERVICE_CLIENTS"] = json.dumps([*clients, _integrator()])
        return values

    def admin(self) -> dict[str, str]:
        """Return the credentials of the admin."""
        found = self.site.accounts()
        names = {"email": "DEMO_ADMIN_EMAIL", "password": "DEMO_ADMIN_PASSWORD"}
        return {field: found[name] for field, name in names.items()}

    def razorpay(self) -> dict[str, Any]:
        """Return the secrets of the sandbox and the links that exist."""
        found = self.site.of("payment-svc")
        return {
            "key_secret": found["RAZORPAY_KEY_SECRET"],
            "webhook_secret": found["RAZORPAY_WEBHOOK_SECRET"],
            "links": self.links,
        }


def _integrator() -> dict[str, object]:
    return {
        "client_id": INTEGRATOR,
        "client_secret": SECRET,
        "audiences": list(SERVICES),
        "scopes": list(SCOPES),
    }


@contextmanager
def opened(database: str) -> Iterator[FuzzedShop]:
    """Open a shop in a folder of its own; it stays after a failure, with its logs."""
    folder = Path(tempfile.mkdtemp(prefix="shop-fuzz-"))
    shop = FuzzedShop(folder, KINDS[database](folder))
    try:
        shop.prepare()
        shop.open()
        yield shop
        if names := shop.ended():
            raise click.ClickException(f"{names[0]} has ended; see {folder}")
    finally:
        shop.close()
    if shop.is_kept:
        click.echo(f"The shop's logs: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
