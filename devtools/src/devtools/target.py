"""The interface of a target: a running shop, local or on a cluster."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol


class Target(Protocol):
    """A shop that is up: its addresses, accounts, logs, databases and ledger."""

    name: str
    """Its name as `TARGET`."""
    start: str
    """The command that starts it."""
    stop: str
    """How to stop it, as the end of a sentence."""

    def is_up(self) -> bool:
        """Return whether the shop is running."""

    def address(self, name: str) -> str:
        """Return the address of a service, the sandbox, `sqs` or `gateway`, or ""."""

    def accounts(self) -> dict[str, str]:
        """Return the demo accounts' e-mail addresses and passwords."""

    def places(self) -> tuple[str, ...]:
        """Return the services that log the correlation id of a paid order."""

    def lines(self, text: str) -> Iterator[str]:
        """Yield the log lines that contain a text."""

    def mails(self) -> Path | None:
        """Return the folder where mails are written, None when they are sent."""

    def database(self, service: str) -> str:
        """Return the address of a service's database, as this machine reaches it."""

    def ledger(self) -> Mapping[str, Any]:
        """Return the ledger of the Razorpay sandbox."""
