"""One command of a service, with the settings of the local run."""

import subprocess

from devtools.local import processes
from devtools.local.environment import Site


def run(service: str, words: tuple[str, ...]) -> int:
    """Run a flask command of a service on this terminal; return its exit code."""
    command = processes.flask(service, *words)
    done = subprocess.run(command.command, cwd=command.folder, env=Site().of(service))
    return done.returncode
