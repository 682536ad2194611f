"""Chooses the target of a command: `TARGET=compose make demo`."""

import os

import click

from devtools.compose.target import Compose
from devtools.kind.target import Kind
from devtools.local.target import Local
from devtools.target import Target

TARGETS: dict[str, type[Target]] = {kind.name: kind for kind in (Local, Compose, Kind)}


def chosen() -> Target:
    """Return the target named in `TARGET`, else a running one, else the local one."""
    name = os.environ.get("TARGET", "")
    if name and name not in TARGETS:
        known = ", ".join(TARGETS)
        raise click.ClickException(f"TARGET should be one of {known}, not {name!r}.")
    if name:
        return TARGETS[name]()
    found = (target for kind in TARGETS.values() if (target := kind()).is_up())
    return next(found, None) or Local()
