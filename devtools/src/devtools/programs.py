"""External programs: where to get them, their output and exit codes."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import click

from devtools.layout import ROOT

Done = subprocess.CompletedProcess[str]


def require(places: Mapping[str, str]) -> None:
    """Raise ClickException that names each missing program and its download page."""
    missing = [name for name in places if not shutil.which(name)]
    if missing:
        text = "; ".join(f"{name} is missing: see {places[name]}" for name in missing)
        raise click.ClickException(f"{text}.")


def run(program: str, *words: str, given: str = "") -> Done:
    """Run a program with `given` as its input; return its result."""
    return _run(program, *words, input=given, capture_output=True)


def call(program: str, *words: str, given: str = "") -> str:
    """Return what a program printed; raise ClickException when it fails."""
    done = run(program, *words, given=given)
    if done.returncode:
        message = f"{program} {' '.join(words)}: {done.stderr.strip()}"
        raise click.ClickException(message)
    return done.stdout


def show(program: str, *words: str) -> bool:
    """Run a program on this terminal; return whether it succeeded."""
    return not _run(program, *words).returncode


def _run(program: str, *words: str, **options: Any) -> Done:
    command = [program, *words]
    try:
        return subprocess.run(command, cwd=ROOT, env=environ(), text=True, **options)
    except FileNotFoundError:
        message = f"{program} is missing: install it, then try again."
        raise click.ClickException(message) from None


def environ() -> dict[str, str]:
    """Return the environment of every program."""
    # Older clients of Docker would take the builder without support for secrets.
    return {"DOCKER_BUILDKIT": "1", **os.environ}
