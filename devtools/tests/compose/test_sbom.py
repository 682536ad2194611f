"""What is in an image, as a document that CycloneDX's own rules accept."""

import json

import click
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from devtools.compose import sbom

LABELS = {"org.opencontainers.image.version": "0.1.0"}
PYTHON = '["flask", "3.1.3", "BSD-3-Clause"]\n["odd", "1.0", "All of a\\nlicence"]'


def test_every_image_gets_a_valid_list_of_its_packages(docker, tmp_path, monkeypatch):
    monkeypatch.setattr(sbom, "ROOT", tmp_path)
    monkeypatch.setattr(sbom, "FOLDER", tmp_path / "dist")
    docker.answer("^inspect", 0, json.dumps([{"Config": {"Labels": LABELS}}]))
    docker.answer("--entrypoint python", 0, PYTHON)
    docker.answer("--entrypoint dpkg-query", 0, '["libc6", "2.41-12"]')

    sbom.write_all()

    text = (tmp_path / "dist" / "order-svc.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = json.loads(text)
    assert found["metadata"]["component"]["name"] == "shop/order-svc"
    assert {one["purl"] for one in found["components"]} == {
        "pkg:pypi/flask@3.1.3",
        "pkg:pypi/odd@1.0",
        "pkg:deb/debian/libc6@2.41-12",
    }
    [flask] = [one for one in found["components"] if one["name"] == "flask"]
    assert flask["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]


def test_an_image_that_is_not_built_is_named(docker, tmp_path, monkeypatch):
    monkeypatch.setattr(sbom, "FOLDER", tmp_path / "dist")
    docker.answer("image inspect shop/order-svc:dev", 1, "no such image")

    with pytest.raises(click.ClickException, match=r"yet: order-svc\. make images"):
        sbom.write_all()

    assert not (tmp_path / "dist").exists()
