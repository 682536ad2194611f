"""Docker: availability, commands, and information about images and containers."""

import json
from typing import Any

import click

from devtools import programs

PLACES = {"docker": "docs.docker.com/engine/install"}
# A call, and what to do when it fails.
PARTS = {
    "info": "Docker's engine does not answer: start it (Docker Desktop, or sudo "
    "systemctl start docker). It reported: {error}",
    "buildx version": "Docker's buildx is missing: install docker-buildx-plugin.",
    "compose version": "Docker's compose is missing: install docker-compose-plugin.",
}


def require() -> None:
    """Raise ClickException that names the missing part of Docker, if there is one."""
    programs.require(PLACES)
    for command, sentence in PARTS.items():
        if (done := programs.run("docker", *command.split())).returncode:
            error = done.stderr.strip().partition("\n")[0]
            raise click.ClickException(sentence.format(error=error))


def call(*words: str) -> str:
    """Return what a docker command printed; raise ClickException when it fails."""
    return programs.call("docker", *words)


def show(*words: str) -> bool:
    """Run a docker command on this terminal; return whether it succeeded."""
    return programs.show("docker", *words)


def inspect(name: str) -> dict[str, Any]:
    """Return the details of an image or a container."""
    [found] = json.loads(call("inspect", name))
    return dict(found)


def has(image: str) -> bool:
    """Return whether Docker holds an image already."""
    return not programs.run("docker", "image", "inspect", image).returncode


def memory(containers: list[str]) -> str:
    """Return what containers use together, such as `700 MiB`."""
    lines = call("stats", "--no-stream", "--format", "{{json .}}", *containers)
    used = (json.loads(line)["MemUsage"].split()[0] for line in lines.splitlines())
    return f"{sum(map(_mebibytes, used)):.0f} MiB"


def _mebibytes(text: str) -> float:
    units = {"B": 1 / 1024**2, "KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
    number = text.rstrip("BGKMi")
    return float(number) * units[text.removeprefix(number)]
