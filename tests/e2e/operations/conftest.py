"""Fixtures: the cluster, a load of customers, and Helm."""

import uuid

import pytest
from e2e.operations.load import CUSTOMERS, Load

from devtools import programs
from devtools.kind.kubectl import CONTEXT, NAMESPACE


@pytest.fixture(autouse=True)
def kind(target):
    """Return the shop on a cluster; skip the tests on another target."""
    if target.name != "kind":
        pytest.skip(f"NOT TESTED: the target {target.name} is not a cluster")
    return target


@pytest.fixture
def product(staff):
    """Return a product with enough stock for the load."""
    body = {"name": f"Lamp {uuid.uuid4().hex[:8]}", "price": "499.00"}
    return staff.call(
        "POST", "product-svc", "/products/", 201, json={**body, "stock_quantity": 5000}
    )


@pytest.fixture
def load(product, sign_up):
    """Return a load that is not started yet."""
    return Load([sign_up() for _ in range(CUSTOMERS)], product["id"])


@pytest.fixture
def helm():
    """Return `helm(*words)`, which runs Helm and waits until all pods are ready."""

    def run(*words):
        here = (f"--kube-context={CONTEXT}", f"--namespace={NAMESPACE}")
        return programs.call("helm", *words, *here, "--wait", "--timeout=600s")

    return run
