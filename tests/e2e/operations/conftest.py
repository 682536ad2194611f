"""A cluster that may be disturbed, and customers who shop meanwhile."""

import uuid

import pytest
from e2e.operations.load import CUSTOMERS, Load


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
