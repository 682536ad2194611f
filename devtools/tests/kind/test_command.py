"""`make kind` as people meet it, with programs that a test commands."""

import json

import click
import pytest

from devtools.kind import command as command
from devtools.layout import IMAGES, SERVICES

AROUND = """\
image: shop/razorpay-sandbox:0.1.0
image: postgres:17
image: mail:1
"""
TAG = "dev-0123456789ab"
SETTINGS = {
    "items": [
        {"metadata": {"name": name}, "data": {"PUBLIC_URL": f"http://here/{name}"}}
        for name in SERVICES
    ]
}
SANDBOX_ENV = [{"name": "PUBLIC_URL", "value": "http://here/sandbox"}]
SANDBOX = {"spec": {"template": {"spec": {"containers": [{"env": SANDBOX_ENV}]}}}}
ACCOUNTS = {
    "data": {
        f"DEMO_{role}_{word}": "dGVh"
        for role in ("CUSTOMER", "STAFF", "ADMIN")
        for word in ("EMAIL", "PASSWORD")
    }
}
PENDING = {
    "metadata": {"name": "order-svc-1"},
    "status": {"phase": "Pending", "conditions": []},
}


@pytest.fixture
def cluster(docker, kind, kubectl, helm):
    """Return kind's stand-in, beside programs that succeed in everything."""
    docker.answer("image inspect mail:1", 1, "no such image")
    docker.answer("stats", 0, '{"MemUsage": "1.5GiB / 8GiB"}')
    kubectl.answer("kustomize", 0, AROUND)
    kubectl.answer("get configmaps", 0, json.dumps(SETTINGS))
    kubectl.answer("get deployment razorpay", 0, json.dumps(SANDBOX))
    kubectl.answer("get secret", 0, json.dumps(ACCOUNTS))
    kubectl.answer("--output=name", 0, "statefulset.apps/postgres")
    kubectl.answer("get pods.* --output=json", 0, json.dumps({"items": [PENDING]}))
    kind.answer("get nodes", 0, "shop-control-plane")
    return kind


def verbs(cluster):
    """Return what kind was asked to do, without what it was only asked."""
    return [call for call in cluster.calls if not call.startswith("get ")]


def test_it_makes_the_cluster_loads_deploys_and_shows_where_it_is(cluster, capsys):
    command.up()

    create, load = verbs(cluster)
    assert create.startswith("create cluster --config=")
    ours = " ".join(f"shop/{image}:{TAG}" for image in IMAGES)
    assert load == f"load docker-image --name shop {ours} postgres:17"
    said = capsys.readouterr().out
    assert "mail:1 is not in Docker: the cluster gets it itself" in said
    assert "http://here/order-svc/swagger/" in said
    assert "the cluster uses 1536 MiB. Try make demo; make kind-down deletes" in said


def test_services_follow_their_pods_on_a_busy_machine_too(cluster, kubectl):
    command.up()

    [proxy] = [call for call in kubectl.calls if "kube-proxy" in call]
    assert proxy.startswith("--context kind-shop --namespace=kube-system set resources")
    assert proxy.endswith("--requests=cpu=100m")


def test_the_nodes_may_be_of_another_image(cluster, monkeypatch):
    monkeypatch.setenv("NODE_IMAGE", "kindest/node:v1.35.8")

    command.up()

    assert verbs(cluster)[0].endswith("kind.yaml --image=kindest/node:v1.35.8")


def test_what_runs_is_what_was_built(cluster, kubectl, helm, docker):
    command.up()

    assert kubectl.given.strip() == AROUND.strip().replace("0.1.0", TAG)
    [upgrade] = helm.calls
    for service in SERVICES:
        assert f"--set=services.{service}.image.tag={TAG}" in upgrade
    names = " ".join(f"shop/{image}:{TAG}" for image in IMAGES)
    assert docker.calls.count(f"image rm {names}") == 1


def test_nothing_is_done_to_a_cluster_of_somebody_elses(cluster, kubectl, helm):
    command.up()

    for call in kubectl.calls:
        assert call.startswith(("--context kind-shop ", "kustomize "))
    assert all("--kube-context=kind-shop --namespace=shop" in c for c in helm.calls)


def test_manifests_go_to_the_namespaces_that_they_name(cluster, kubectl):
    command.up()

    [apply] = [call for call in kubectl.calls if " apply " in call]
    assert "--namespace" not in apply


def test_a_cluster_that_was_made_is_removed_when_something_fails(cluster, helm, capsys):
    helm.answer("^upgrade", 1, "timed out")

    with pytest.raises(click.ClickException, match="helm upgrade: timed out"):
        command.up()

    assert "✗ order-svc-1" in capsys.readouterr().out
    assert verbs(cluster)[-1] == "delete cluster --name shop"


def test_a_cluster_that_was_there_is_upgraded_and_outlives_a_failure(cluster, helm):
    cluster.answer("get clusters", 0, "shop")
    helm.answer("^upgrade", 1, "timed out")

    with pytest.raises(click.ClickException, match="helm upgrade: timed out"):
        command.up()

    words = [call.split()[0] for call in verbs(cluster)]
    assert words == ["export", "load"]


def test_a_cluster_that_cannot_be_made_leaves_nothing_behind(cluster, docker):
    cluster.answer("^create", 1, "port 30000 is taken")

    with pytest.raises(click.ClickException, match="could not be created"):
        command.up()

    assert verbs(cluster)[-1] == "delete cluster --name shop"
    assert not [call for call in docker.calls if call.startswith("image rm")]


def test_all_that_is_missing_is_named_with_its_place(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(click.ClickException) as raised:
        command.up()

    for name, place in command.PLACES.items():
        assert f"{name} is missing: see {place}" in raised.value.message


def test_its_end_deletes_the_cluster_once(cluster, capsys):
    cluster.answer("get clusters", 0, "shop")
    command.down()
    assert verbs(cluster) == ["delete cluster --name shop"]

    cluster.answer("get clusters", 0, "")
    command.down()
    assert verbs(cluster) == ["delete cluster --name shop"]
    assert "There is no cluster" in capsys.readouterr().out
