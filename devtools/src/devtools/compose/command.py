"""`make compose`: the whole shop in containers, until `make compose-down`."""

import json
import time
from functools import cache
from typing import Any

import click
from rich.console import Console

from devtools.compose import docker, images
from devtools.compose.target import Compose
from devtools.local import running, welcome
from devtools.terminal import console

WAITS = 300  # seconds
EVERYTHING = ("--profile", "*")


def up(arguments: tuple[str, ...] = ()) -> None:
    """Build, start, wait and show the addresses.

    Raises ClickException when something does not start, after stopping the rest.
    """
    out, started = console(), time.monotonic()
    if running.runner():
        raise click.ClickException(
            "The local shop uses these ports: make stop ends it."
        )
    images.build(arguments)
    had_data = bool(_volumes())
    try:
        _start(out)
    except BaseException:
        out.print("Taking down what was started …")
        _down(() if had_data else ("--volumes",))
        raise
    seconds = time.monotonic() - started
    welcome.show(out, Compose(), seconds, f"all containers use {_memory()}")


def down(arguments: tuple[str, ...] = ()) -> None:
    """Stop and remove the containers; keep the data unless `--volumes` is given."""
    docker.require()
    _down(arguments)
    if "--volumes" not in arguments and _volumes():
        click.echo(
            "The databases are kept; make compose-down ARGS=--volumes removes them."
        )


def _start(out: Console) -> None:
    out.print("• starting")
    wait = ("--wait", "--wait-timeout", str(WAITS), "--remove-orphans")
    if not docker.show("compose", "up", *wait):
        _show_failed(out)
        raise click.ClickException("The containers did not start (see above).")


def _show_failed(out: Console) -> None:
    for row in _containers():
        has_ended = row["State"] != "running" and row["ExitCode"]
        if has_ended or row["Health"] == "unhealthy":
            out.print(f"[bold red]✗[/] {row['Service']}: {row['Status']}")
            docker.show("compose", "logs", "--tail", "20", row["Service"])


def _down(arguments: tuple[str, ...]) -> None:
    if not docker.show("compose", *EVERYTHING, "down", "--remove-orphans", *arguments):
        raise click.ClickException("docker compose down failed (see above).")


def _containers() -> list[dict[str, Any]]:
    text = docker.call("compose", *EVERYTHING, "ps", "--all", "--format", "json")
    return [json.loads(line) for line in text.splitlines()]


def _volumes() -> list[str]:
    label = f"label=com.docker.compose.project={project()}"
    return docker.call("volume", "ls", "--quiet", "--filter", label).split()


@cache
def project() -> str:
    """Return the project name of compose."""
    return str(Compose().config["name"])


def _memory() -> str:
    return docker.memory(
        [row["Name"] for row in _containers() if row["State"] == "running"]
    )
