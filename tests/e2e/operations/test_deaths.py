"""Every pod may die at any time; the shop recovers without a hand."""

import pytest

from devtools.demo import client as patience
from devtools.kind import kubectl
from devtools.layout import SANDBOX, SERVICES

pytestmark = [pytest.mark.e2e, pytest.mark.operations]
WORKLOADS = (
    *(f"deployment/{name}{suffix}" for name in SERVICES for suffix in ("", "-worker")),
    f"deployment/{SANDBOX}",
    "deployment/localstack",
    "deployment/redis",
    "deployment/mail",
    "statefulset/postgres",
)
SHOP = "--selector=app.kubernetes.io/part-of=shop"


def kill(workload):
    """Delete all pods of a workload, and wait until there are new ones."""
    found = kubectl.get(workload)["spec"]["selector"]["matchLabels"]
    labels = ",".join(f"{name}={value}" for name, value in found.items())
    kubectl.call("delete", "pods", f"--selector={labels}")
    kubectl.call("rollout", "status", workload, "--timeout=300s")


def patiently(act, what):
    """Return what an act gives, once it is not refused any more."""

    def once():
        try:
            return act()
        except patience.DemoFailed:
            return None

    return patience.until(once, what)


@pytest.fixture
def node():
    """Return the node that is not PostgreSQL's, whose volume cannot move."""
    found = kubectl.get("nodes")["items"]
    home = kubectl.get("pod/postgres-0")["spec"]["nodeName"]
    [name] = {node["metadata"]["name"] for node in found} - {home}
    # Pods that moved away before do not come back by themselves.
    kubectl.call("rollout", "restart", "deployment", SHOP)
    kubectl.call("rollout", "status", "deployment", SHOP, "--timeout=300s")
    yield name
    kubectl.call("uncordon", name)


def drain(node):
    """Move all pods of a node elsewhere, as fast as their budgets allow."""
    kubectl.call("drain", node, "--ignore-daemonsets", "--delete-emptydir-data")


@pytest.fixture
def outlives(load, asha, product, monkeypatch):
    """Return a check: an order that is paid as something happens is a success."""
    monkeypatch.setattr(patience, "PATIENCE", 180)

    def check(happening):
        order = asha.place({product["id"]: 1}, "e2e-death")
        link = asha.until_link(order["id"])

        with load:
            asha.pay(link)
            happening()

        assert [text for text in load.failures if " gave 500" in text] == []
        patiently(lambda: asha.until_status(order["id"], "success"), "it is a success")
        another = patiently(
            lambda: asha.place({product["id"]: 1}, "e2e-after"), "another is taken"
        )
        patiently(lambda: asha.until_link(another["id"]), "it has a link")

    return check


@pytest.mark.parametrize("workload", WORKLOADS)
def test_an_order_outlives_all_pods_of_a_workload(workload, outlives):
    outlives(lambda: kill(workload))


def test_an_order_outlives_the_drain_of_a_node(node, outlives):
    outlives(lambda: drain(node))


def test_the_audit_holds_after_all_of_it(make):
    done = make("audit")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 16 hold." in done.stdout
