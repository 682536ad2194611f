"""A cluster that may be disturbed, customers who shop meanwhile, and Helm."""

import uuid

import pytest
from e2e.operations.load import CUSTOMERS, Load

from devtools import programs
from devtools.kind.kubectl import CONTEXT, NAMESPACE


@pytest.fixture(autouse=True)
def kind(target):
    """Return the shop on a cluster."""
    if target.name != "kind":
        pytest.skip(f"NOT TESTED: the {target.name} shop is on no cluster")
    return target


@pytest.fixture
def product(staff):
    """Return a product of which there is enough for all."""
    body = {"name": f"Lamp {uuid.uuid4().hex[:8]}", "price": "499.00"}
    return staff.call(
        "POST", "product-svc", "/products/", 201, json={**body, "stock_quantity": 5000}
    )


@pytest.fixture
def load(product, sign_up):
    """Return customers who have not begun."""
    return Load([sign_up() for _ in range(CUSTOMERS)], product["id"])


@pytest.fixture
def helm():
    """Return `helm(*words)`, which works on the cluster until all is ready."""

    def run(*words):
        here = (f"--kube-context={CONTEXT}", f"--namespace={NAMESPACE}")
        return programs.call("helm", *words, *here, "--wait", "--timeout=600s")

    return run
