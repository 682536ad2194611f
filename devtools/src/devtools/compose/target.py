"""The shop of compose.yaml, as its file and Docker describe it."""

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import click
from sqlalchemy.engine import make_url

from devtools import ledger
from devtools.compose import docker
from devtools.layout import HOST, SANDBOX, SERVICES

NAMES = {"sqs": "localstack"}
GATEWAY = "gateway"


class Compose:
    """The shop of `make compose`; all of it is on ports of this machine."""

    name, start = "compose", "make compose"
    stop = "[bold]make compose-down[/] stops it"

    @cached_property
    def config(self) -> dict[str, Any]:
        """The file as compose reads it: ports and secrets in their places."""
        text = docker.call("compose", "config", "--format", "json")
        return dict(json.loads(text))

    def is_up(self) -> bool:
        """Return whether the gateway, which waits for all services, runs."""
        if not shutil.which("docker"):
            return False
        with contextlib.suppress(click.ClickException):
            running = ("--status", "running", GATEWAY)
            return bool(docker.call("compose", "ps", "--quiet", *running).strip())
        return False

    def address(self, name: str) -> str:
        """Return an address on this machine."""
        return f"http://{HOST}:{self._port(NAMES.get(name, name))}"

    def accounts(self) -> dict[str, str]:
        """Return the demo accounts' e-mail addresses and passwords."""
        values = self._environment("user-svc")
        return {name: text for name, text in values.items() if name.startswith("DEMO_")}

    def places(self) -> tuple[str, ...]:
        """Return the services: the queue's own log has no ids."""
        return SERVICES

    def lines(self, text: str) -> Iterator[str]:
        """Yield the log lines that contain a text."""
        logs = docker.call("compose", "logs", "--no-color", "--no-log-prefix")
        return (line for line in logs.splitlines() if text in line)

    def mails(self) -> None:
        """Return nothing: mails are sent to the catcher of the profile `mail`."""

    def database(self, service: str) -> str:
        """Return the address of a service's database, at the published port."""
        url = make_url(self._environment(service)["DATABASE_URL"])
        here = url.set(host=HOST, port=self._port("postgres"))
        return here.render_as_string(hide_password=False)

    def ledger(self) -> Mapping[str, Any]:
        """Return the sandbox's ledger."""
        return ledger.fetch(self.address(SANDBOX))

    def _port(self, service: str) -> int:
        [port] = self.config["services"][service]["ports"]
        return int(port["published"])

    def _environment(self, service: str) -> dict[str, str]:
        return dict(self.config["services"][service]["environment"])
