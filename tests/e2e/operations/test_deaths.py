"""Every pod may die at any time; the shop recovers without a hand."""

import pytest

from shop.cluster import kubectl
from shop.demo import client as patience
from shop.layout import SANDBOX, SERVICES

pytestmark = [pytest.mark.e2e, pytest.mark.operations]
WORKLOADS = (
    *(f"deployment/{name}{suffix}" for name in SERVICES for suffix in ("", "-worker")),
    f"deployment/{SANDBOX}",
    "deployment/localstack",
    "deployment/redis",
    "deployment/mail",
    "statefulset/postgres",
)


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
        except patience.NotHeld:
            return None

    return patience.until(once, what)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_an_order_outlives_all_pods_of_a_workload(
    workload, load, asha, product, monkeypatch
):
    monkeypatch.setattr(patience, "PATIENCE", 180)
    order = asha.place({product["id"]: 1}, "e2e-death")
    link = asha.until_link(order["id"])

    with load:
        asha.pay(link)
        kill(workload)

    assert [text for text in load.failures if " gave 500" in text] == []
    patiently(lambda: asha.until_status(order["id"], "success"), "it is a success")
    another = patiently(
        lambda: asha.place({product["id"]: 1}, "e2e-after"), "another is taken"
    )
    patiently(lambda: asha.until_link(another["id"]), "it has a link")


def test_the_audit_holds_after_all_of_it(make):
    done = make("audit")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 16 hold." in done.stdout
