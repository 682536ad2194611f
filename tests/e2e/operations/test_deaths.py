"""The shop recovers by itself when pods are killed or a node is drained."""

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
    """Kill all pods of a workload, with no time to end, until new pods are ready."""
    found = kubectl.get(workload)["spec"]["selector"]["matchLabels"]
    labels = ",".join(f"{name}={value}" for name, value in found.items())
    kubectl.call("delete", "pods", f"--selector={labels}", "--grace-period=1")
    kubectl.call("rollout", "status", workload, "--timeout=300s")


def retry(act, what):
    """Repeat an action until it succeeds; return its result."""

    def once():
        try:
            return act()
        except patience.DemoFailed:
            return None

    return patience.until(once, what)


@pytest.fixture
def node():
    """Return the node that does not run PostgreSQL, whose volume cannot move."""
    found = kubectl.get("nodes")["items"]
    home = kubectl.get("pod/postgres-0")["spec"]["nodeName"]
    [name] = {node["metadata"]["name"] for node in found} - {home}
    # Restart the pods, so that some run on this node again after an earlier drain.
    kubectl.call("rollout", "restart", "deployment", SHOP)
    kubectl.call("rollout", "status", "deployment", SHOP, "--timeout=300s")
    yield name
    kubectl.call("uncordon", name)


def drain(node):
    """Evict all pods of a node, at the pace of the PodDisruptionBudgets."""
    kubectl.call("drain", node, "--ignore-daemonsets", "--delete-emptydir-data")


@pytest.fixture
def survives(load, asha, product, monkeypatch):
    """Return a check: an order that is paid during a disruption succeeds."""
    monkeypatch.setattr(patience, "PATIENCE", 180)

    def check(disrupt):
        order = asha.place({product["id"]: 1}, "e2e-death")
        link = asha.until_link(order["id"])

        with load:
            asha.pay(link)
            disrupt()

        assert [text for text in load.failures if " gave 500" in text] == []
        retry(lambda: asha.until_status(order["id"], "success"), "the order succeeds")
        another = retry(
            lambda: asha.place({product["id"]: 1}, "e2e-after"),
            "another order is placed",
        )
        retry(lambda: asha.until_link(another["id"]), "the order has a link")

    return check


@pytest.mark.parametrize("workload", WORKLOADS)
def test_an_order_survives_all_pods_of_a_workload(workload, survives):
    survives(lambda: kill(workload))


def test_an_order_survives_the_drain_of_a_node(node, survives):
    survives(lambda: drain(node))


def test_the_audit_succeeds_afterwards(make):
    done = make("audit")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 19 hold." in done.stdout
