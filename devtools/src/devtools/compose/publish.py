"""`make publish`: pushes the images and the chart to a registry, and signs them.

Every image has an SBOM and a provenance, which names the base image by its digest.
"""

import json
import re
import tempfile
from pathlib import Path

import click

from devtools import programs
from devtools.compose import docker, images
from devtools.layout import ROOT, SERVICES, version
from devtools.terminal import console

PLACES = {
    "cosign": "docs.sigstore.dev/cosign/system_config/installation",
    "helm": "helm.sh/docs/intro/install",
}
BASE = "python:3.13-slim-trixie"
CHART = ROOT / "helm" / "shop"
DIGEST = re.compile(r"\bsha256:[0-9a-f]{64}\b")
VALUES = ROOT / "dist" / "images.yaml"


def run(registry: str) -> None:
    """Push everything; write `dist/images.yaml`, the chart's values with the digests.

    You must be logged in to the registry with docker, helm and cosign.
    """
    docker.require()
    programs.require(PLACES)
    base = f"{BASE}@{_digest_of_base()}"
    digests = {name: _push_image(registry, name, base) for name in SERVICES}
    _push_chart(registry)
    VALUES.parent.mkdir(exist_ok=True)
    VALUES.write_text(values(registry, digests))
    console().print(f"• {VALUES.relative_to(ROOT)}: the digests as values of the chart")


def values(registry: str, digests: dict[str, str]) -> str:
    """Return the values of the chart that name the images by digest."""
    services = {name: {"image": {"digest": one}} for name, one in digests.items()}
    content = {"image": {"registry": registry}, "services": services}
    return json.dumps(content, indent=2) + "\n"  # JSON is YAML


def digest(text: str) -> str:
    """Return the digest in a program's output; raise ClickException without one."""
    if found := DIGEST.search(text):
        return found[0]
    raise click.ClickException(f"There is no digest in the output: {text.strip()}")


def _digest_of_base() -> str:
    inspect = ("buildx", "imagetools", "inspect", "--format", "{{json .Manifest}}")
    return digest(docker.call(*inspect, BASE))


def _push_image(registry: str, name: str, base: str) -> str:
    """Build, push and sign an image; return its digest."""
    image = f"{registry}/{images.name(name, version())}"
    with tempfile.TemporaryDirectory(prefix="shop-publish-") as folder:
        about = Path(folder) / "about.json"
        options = ["--push", "--provenance=mode=max", "--sbom=true", f"--tag={image}"]
        options += [f"--metadata-file={about}", f"--build-arg=BASE={base}"]
        command = ["buildx", "build", *options, *images.build_arguments(name), "."]
        if not docker.show(*command):
            raise click.ClickException(f"{image} could not be pushed (see above).")
        found = digest(json.loads(about.read_text())["containerimage.digest"])
    _sign(f"{image.rpartition(':')[0]}@{found}")
    return found


def _push_chart(registry: str) -> None:
    with tempfile.TemporaryDirectory(prefix="shop-publish-") as folder:
        programs.call("helm", "package", str(CHART), "--destination", folder)
        package = Path(folder) / f"shop-{version()}.tgz"
        pushed = programs.run("helm", "push", str(package), f"oci://{registry}/charts")
    if pushed.returncode:
        raise click.ClickException(f"helm push: {pushed.stderr.strip()}")
    _sign(f"{registry}/charts/shop@{digest(pushed.stdout + pushed.stderr)}")


def _sign(name: str) -> None:
    programs.call("cosign", "sign", "--yes", name)
    console().print(f"• {name}", soft_wrap=True)
