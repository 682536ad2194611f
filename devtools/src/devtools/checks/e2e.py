"""`make e2e`: the one end-to-end suite, on the running shop."""

import os
import subprocess
import sys

import click

from devtools import targets
from devtools.layout import ROOT
from devtools.terminal import console

SUITE = "tests/e2e"


def run(arguments: tuple[str, ...], tests: str = "not operations") -> int:
    """Run the suite with pytest's arguments; return its exit code.

    `tests` are those that a marker expression chooses.
    """
    target = targets.chosen()
    if not target.is_up():
        raise click.ClickException(
            f"The shop is not running: {target.start} starts it; then try again."
        )
    console().rule(f"[bold]end to end: {target.name}[/]", align="left")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", tests, SUITE]
    command += arguments
    environ = {**os.environ, "TARGET": target.name}
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
