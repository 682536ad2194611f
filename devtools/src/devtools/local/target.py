"""The local run: `make run` on this machine, running or at rest."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from devtools import ledger
from devtools.layout import SANDBOX, SERVICES, state_folder
from devtools.local import ports, running
from devtools.local.environment import Site


class Local:
    """The shop of `make run`; its data can be read when it is stopped, too."""

    name, start, stop = "local", "make run", "Ctrl-C stops it"

    @cached_property
    def site(self) -> Site:
        """The settings; made late, because they make the secrets that are missing."""
        return Site()

    def is_up(self) -> bool:
        """Return whether `make run` runs."""
        return running.runner() is not None

    def address(self, name: str) -> str:
        """Return an address; there is no gateway, nor a queue that is not ours."""
        is_missing = name == "gateway" or (
            name == "sqs" and not self.site.has_embedded_queue()
        )
        return "" if is_missing else self.site.address(name)

    def accounts(self) -> dict[str, str]:
        """Return the demo accounts' e-mail addresses and passwords."""
        return self.site.accounts()

    def places(self) -> tuple[str, ...]:
        """Return the services, and the queue when it is ours and logs."""
        return (*SERVICES, "sqs") if self.site.has_embedded_queue() else SERVICES

    def lines(self, text: str) -> Iterator[str]:
        """Yield the log lines that contain a text."""
        for path in (state_folder() / "log").glob("*.jsonl"):
            with path.open(encoding="utf-8") as lines:
                yield from (line for line in lines if text in line)

    def mails(self) -> Path | None:
        """Return the folder where mails are written, None when they are sent."""
        values = self.site.of("user-svc")
        return None if values.get("SMTP_URL") else Path(values["MAIL_FOLDER"])

    def database(self, service: str) -> str:
        """Return the address of a service's database."""
        if not state_folder().is_dir():
            raise click.ClickException("The shop was never run here: make run does it.")
        return self.site.of(service)["DATABASE_URL"]

    def ledger(self) -> Mapping[str, Any]:
        """Return the sandbox's ledger: asked, or read when the sandbox is down."""
        if ports.answers(self.site.port(SANDBOX)):
            return ledger.fetch(self.address(SANDBOX))
        return ledger.read(self.site.of(SANDBOX))
