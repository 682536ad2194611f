"""Images and the chart are pushed with attestations, and signed by digest."""

import json

import click
import pytest
from stand_in import StandIn

from devtools.compose import publish
from devtools.layout import SERVICES, version

BASE, IMAGE, CHART = (f"sha256:{letter * 64}" for letter in "abc")
REGISTRY = "registry.example.com/team"


@pytest.fixture
def programs(docker, helm, tmp_path, monkeypatch):
    """Return stand-ins of docker, helm and cosign that answer with digests."""
    monkeypatch.setattr(publish, "VALUES", tmp_path / "dist" / "images.yaml")
    monkeypatch.setattr(publish, "ROOT", tmp_path)
    about = json.dumps({"containerimage.digest": IMAGE})
    docker.answer("^buildx build", 0, "")
    docker.describe(about)
    docker.answer("^buildx imagetools inspect", 0, json.dumps({"digest": BASE}))
    helm.answer("^push", 0, f"Pushed: {REGISTRY}/charts/shop\nDigest: {CHART}")
    return docker, helm, StandIn(docker.folder, "cosign")


def test_every_image_is_pushed_with_sbom_and_provenance_on_one_base(programs):
    docker, *_ = programs

    publish.run(REGISTRY)

    builds = [call for call in docker.calls if call.startswith("buildx build ")]
    for name, build in zip(SERVICES, builds, strict=True):
        assert " --push --provenance=mode=max --sbom=true " in build
        assert f" --tag={REGISTRY}/shop/{name}:{version()} " in build
        assert f" --build-arg=BASE={publish.BASE}@{BASE} " in build
        assert f" --build-arg=SERVICE={name} " in build


def test_images_and_chart_are_signed_by_digest(programs):
    *_, helm, cosign = programs

    publish.run(REGISTRY)

    names = [f"{REGISTRY}/shop/{name}@{IMAGE}" for name in SERVICES]
    names.append(f"{REGISTRY}/charts/shop@{CHART}")
    assert cosign.calls == [f"sign --yes {name}" for name in names]
    assert helm.calls[-1].endswith(f"/shop-{version()}.tgz oci://{REGISTRY}/charts")


@pytest.mark.usefixtures("programs")
def test_the_digests_are_values_of_the_chart():
    publish.run(REGISTRY)

    values = json.loads(publish.VALUES.read_text())
    assert values["image"]["registry"] == REGISTRY
    assert values["services"]["order-svc"]["image"]["digest"] == IMAGE


def test_nothing_is_signed_when_an_image_cannot_be_pushed(programs):
    docker, _, cosign = programs
    docker.answer("^buildx build", 1, "denied")

    with pytest.raises(click.ClickException, match="could not be pushed"):
        publish.run(REGISTRY)

    assert cosign.calls == []


def test_an_output_without_a_digest_is_shown():
    with pytest.raises(click.ClickException, match="no digest in the output: denied"):
        publish.digest("denied\n")
