"""A port of the cluster on this machine, for as long as the command runs."""

import atexit
import re
import subprocess

import click

from devtools.kind import kubectl
from devtools.layout import HOST


class Forward:
    """`kubectl port-forward` to a port of an object; `port` is the one here."""

    def __init__(self, target: str, port: int) -> None:
        command = ["kubectl", *kubectl.HERE, "port-forward", f"--address={HOST}"]
        self.process = subprocess.Popen(
            [*command, target, f":{port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C is for the command, which ends this one when it has ended.
            start_new_session=True,
        )
        atexit.register(self.close)
        self.port = self._announced(target)

    def close(self) -> None:
        """Forward no longer."""
        self.process.terminate()
        self.process.wait()

    def _announced(self, target: str) -> int:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if found := re.match(rf"Forwarding from {HOST}:(\d+)", line):
            return int(found[1])
        raise click.ClickException(f"kubectl port-forward {target}: {line.strip()}")
