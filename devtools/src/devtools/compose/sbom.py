"""`make sbom`: what is installed in each image, as CycloneDX files."""

import json
from collections.abc import Iterator
from typing import Any

import click
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from devtools.compose import docker, images
from devtools.layout import IMAGES, ROOT
from devtools.terminal import console

FOLDER = ROOT / "dist"
# Runs in the image, whose own Python knows what is installed for it.
LIST_PYTHON = """
import importlib.metadata, json
for found in importlib.metadata.distributions():
    about = found.metadata
    licence = about.get("License-Expression") or about.get("License") or ""
    print(json.dumps([about["Name"], about["Version"], licence]))
"""
LIST_DEBIAN = ("dpkg-query", "--show", "-f", r'["${Package}", "${Version}"]\n')


def write_all() -> None:
    """Write `dist/<image>.cdx.json` for each image; raise when one is not built."""
    docker.require()
    _require_images()
    FOLDER.mkdir(exist_ok=True)
    for image in IMAGES:
        components = [*_python(image), *_debian(image)]
        text = document(_whole(image), components)
        path = FOLDER / f"{image}.cdx.json"
        path.write_text(text)
        console().print(f"• {path.relative_to(ROOT)}: {len(components)} packages")


def document(whole: Component, components: list[Component]) -> str:
    """Return the CycloneDX document of an image and what is in it."""
    bom = Bom(components=components)
    bom.metadata.component = whole
    bom.register_dependency(whole, components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def package(kind: str, name: str, version: str, licence: str = "") -> Component:
    """Return a package of PyPI (`pypi`) or Debian (`deb`)."""
    url = PackageURL(kind, "debian" if kind == "deb" else None, name, version)
    # Some packages put the whole text where the name of the licence belongs.
    is_name = licence and "\n" not in licence and len(licence) < 100
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        licenses=[LicenseFactory().make_from_string(licence)] if is_name else [],
    )


def _require_images() -> None:
    missing = [image for image in IMAGES if not docker.has(images.name(image))]
    if missing:
        message = f"Not built yet: {', '.join(missing)}. make images builds them."
        raise click.ClickException(message)


def _python(image: str) -> Iterator[Component]:
    for row in _rows(image, "python", "-c", LIST_PYTHON):
        yield package("pypi", *row)


def _debian(image: str) -> Iterator[Component]:
    for row in _rows(image, *LIST_DEBIAN):
        yield package("deb", *row)


def _rows(image: str, *command: str) -> list[Any]:
    run = ("run", "--rm", "--network", "none", "--entrypoint", command[0])
    text = docker.call(*run, images.name(image), *command[1:])
    return [json.loads(line) for line in text.splitlines()]


def _whole(image: str) -> Component:
    labels = docker.inspect(images.name(image))["Config"]["Labels"]
    return Component(
        name=f"shop/{image}",
        version=labels["org.opencontainers.image.version"],
        type=ComponentType.CONTAINER,
        bom_ref=image,
        licenses=[LicenseFactory().make_from_string("MIT")],
    )
