"""Every object matches the schema of Kubernetes or of its operator."""

import os
import subprocess
import sys

import jsonschema
import pytest
import yaml

from chart.crds import CRDS
from devtools.chart import render
from devtools.chart.render import CASES, K8S

# The oldest version that Chart.yaml allows, the version of kind, and the newest.
VERSIONS = ("1.30", "1.34", "1.37")


def validate(schemas, folder, version, documents):
    """Run kubernetes-validate on objects; return its errors."""
    path = folder / "documents.yaml"
    path.write_text(yaml.safe_dump_all(documents))
    options = ["--strict", "--no-warn", "--quiet", "-k", version, str(path)]
    done = subprocess.run(
        [sys.executable, "-m", "kubernetes_validate", *options],
        env={**os.environ, "PYTHONPATH": str(schemas)},
        capture_output=True,
        text=True,
    )
    return (done.stdout + done.stderr) if done.returncode else ""


def plain(documents):
    """Return the objects of built-in kinds."""
    return [d for d in documents if (d["apiVersion"], d["kind"]) not in CRDS]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_chart_matches_the_schemas_of_kubernetes(
    template, schemas, tmp_path, version
):
    for case in ("kind", "sqlite", "everything"):
        documents = plain(template(case))
        assert validate(schemas, tmp_path, version, documents) == "", case


@pytest.mark.parametrize("case", ["default", "dev", "prod"])
def test_a_values_file_matches_the_schemas_of_kubernetes(
    template, schemas, tmp_path, case
):
    documents = plain(template(case))

    assert validate(schemas, tmp_path, VERSIONS[0], documents) == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_manifests_match_the_schemas_of_kubernetes(
    manifests, schemas, tmp_path, version
):
    assert validate(schemas, tmp_path, version, manifests) == ""


@pytest.mark.parametrize("folder", ["skaffold", "debug", "namespace"])
def test_an_overlay_matches_the_schemas_of_kubernetes(
    kubectl, schemas, tmp_path, folder
):
    documents = render.kustomize(kubectl, K8S / folder)

    assert validate(schemas, tmp_path, VERSIONS[1], documents) == ""


def test_a_misspelt_field_is_detected(template, schemas, tmp_path):
    [deployment, *_] = [d for d in template() if d["kind"] == "Deployment"]
    wrong = {**deployment, "spec": {**deployment["spec"], "replicaz": 2}}

    assert "replicaz" in validate(schemas, tmp_path, VERSIONS[0], [wrong])


def test_custom_resources_match_their_schemas(template):
    found = [d for case in CASES for d in template(case)]
    custom = [d for d in found if (d["apiVersion"], d["kind"]) in CRDS]

    for document in custom:
        schema = CRDS[document["apiVersion"], document["kind"]]
        jsonschema.Draft202012Validator(schema).validate(document["spec"])

    assert {(d["apiVersion"], d["kind"]) for d in custom} == set(CRDS)
