"""Docker as a program: whether all of it is there, and its calls."""

import json
import os
import shutil
import subprocess
from typing import Any

import click

from shop.layout import ROOT

NO_DOCKER = "Docker is missing: see docs.docker.com/engine/install."
# A call, and what to do when it fails.
PARTS = {
    "info": "Docker's engine does not answer: start it (Docker Desktop, or sudo "
    "systemctl start docker). It said: {said}",
    "buildx version": "Docker's buildx is missing: install docker-buildx-plugin.",
    "compose version": "Docker's compose is missing: install docker-compose-plugin.",
}


def require() -> None:
    """Raise ClickException that says which part of Docker is missing, if one is."""
    if not shutil.which("docker"):
        raise click.ClickException(NO_DOCKER)
    for command, sentence in PARTS.items():
        if (done := _call(tuple(command.split()))).returncode:
            said = done.stderr.strip().partition("\n")[0]
            raise click.ClickException(sentence.format(said=said))


def call(*words: str) -> str:
    """Return what a docker command printed; raise ClickException when it fails."""
    done = _call(words)
    if done.returncode:
        raise click.ClickException(f"docker {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def show(*words: str) -> bool:
    """Run a docker command on this terminal; say whether it succeeded."""
    return not subprocess.run(["docker", *words], cwd=ROOT, env=_environ()).returncode


def inspect(name: str) -> dict[str, Any]:
    """Return what Docker knows of an image or a container."""
    [found] = json.loads(call("inspect", name))
    return dict(found)


def _call(words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *words], cwd=ROOT, env=_environ(), capture_output=True, text=True
    )


def _environ() -> dict[str, str]:
    # Older clients would take the builder that knows no secrets.
    return {"DOCKER_BUILDKIT": "1", **os.environ}
