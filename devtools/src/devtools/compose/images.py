"""`make images`: builds every image of the shop, all of them or none."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from devtools.compose import docker
from devtools.layout import IMAGES, ROOT, version
from devtools.terminal import console

TAG = "dev"
# Untagged images, of a failed or an earlier build.
OURS = "label=org.opencontainers.image.vendor=shop"


def name(image: str, tag: str = TAG) -> str:
    """Return an image's name with a tag."""
    return f"shop/{image}:{tag}"


def build(arguments: tuple[str, ...] = ()) -> None:
    """Build all and then name them; raise ClickException at the first that fails.

    `arguments` go to `docker build`; the file that `CA` in the environment names goes
    there as the secret `ca`.
    """
    docker.require()
    out = console()
    try:
        # Tagged at the end, so that old and new images are never mixed.
        ids = {image: _build(out, image, arguments) for image in IMAGES}
        for image, made in ids.items():
            docker.call("tag", made, name(image))
            docker.call("tag", made, name(image, version()))
    finally:
        docker.call("image", "prune", "--force", "--filter", OURS)


def _build(out: Console, image: str, arguments: tuple[str, ...]) -> str:
    """Build one; return its id."""
    started = time.monotonic()
    out.print(f"• [{IMAGES.index(image) + 1}/{len(IMAGES)}] {name(image)}")
    with tempfile.TemporaryDirectory(prefix="shop-image-") as folder:
        path = Path(folder) / "id"
        command = ["build", f"--iidfile={path}", *_options(image), *arguments, "."]
        if not docker.show(*command):
            raise click.ClickException(f"{name(image)} could not be built (see above).")
        made = path.read_text()
    size = docker.inspect(made)["Size"] / 1e6
    out.print(f"  {size:.0f} MB, {time.monotonic() - started:.0f} s")
    return made


def build_arguments(image: str) -> list[str]:
    """Return the options with the values that the Dockerfile needs for an image."""
    values = {"SERVICE": image, "VERSION": version(), "REVISION": _revision()}
    return [f"--build-arg={key}={value}" for key, value in values.items()]


def _options(image: str) -> list[str]:
    found = build_arguments(image)
    if ca := os.environ.get("CA"):
        found.append(f"--secret=id=ca,src={ca}")
    return found


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"
