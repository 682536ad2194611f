"""Puts images into the cluster's nodes, which cannot see those of Docker."""

import click
from rich.console import Console

from devtools import programs
from devtools.compose import docker, images
from devtools.kind.kubectl import CLUSTER
from devtools.layout import IMAGES


def load(out: Console, others: set[str]) -> dict[str, str]:
    """Load our images, and of the others those that Docker holds; return our tags.

    A tag names what is in the image, so that an upgrade restarts what has changed,
    and a rollback has something to go back to.
    """
    tags = {image: _tag(image) for image in IMAGES}
    ours = [images.name(image, tag) for image, tag in tags.items()]
    at_hand = sorted(name for name in others if docker.has(name))
    out.print(f"• loading {len(ours) + len(at_hand)} images into the cluster")
    for name in sorted(others.difference(at_hand)):
        out.print(f"  [dim]{name} is not in Docker: the cluster gets it itself[/]")
    for image, name in zip(tags, ours, strict=True):
        docker.call("tag", images.name(image), name)
    try:
        _load((*ours, *at_hand))
    finally:
        docker.call("image", "rm", *ours)
    return tags


def _load(names: tuple[str, ...]) -> None:
    command = ("load", "docker-image", "--name", CLUSTER, *names)
    if not programs.show("kind", *command):
        raise click.ClickException("The images could not be loaded (see above).")


def _tag(image: str) -> str:
    made = docker.inspect(images.name(image))["Id"].removeprefix("sha256:")
    return f"dev-{made[:12]}"
