"""What a command must know of a running shop, wherever it runs."""

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
    """What ends it, as words after "Try make demo;"."""

    def is_up(self) -> bool:
        """Return whether it runs now."""

    def address(self, name: str) -> str:
        """Return the address of a service, the sandbox, `sqs` or `gateway`, or ""."""

    def accounts(self) -> dict[str, str]:
        """Return the demo accounts' e-mail addresses and passwords."""

    def places(self) -> tuple[str, ...]:
        """Return the names that stand in the logs of a paid order."""

    def lines(self, text: str) -> Iterator[str]:
        """Yield the log lines that contain a text."""

    def mails(self) -> Path | None:
        """Return the folder where mails are written, None when they are sent."""

    def database(self, service: str) -> str:
        """Return the address of a service's database, as this machine reaches it."""

    def ledger(self) -> Mapping[str, Any]:
        """Return what the Razorpay sandbox knows."""
