"""The gateway serves the four APIs under one URL."""

import pytest
import requests

from devtools.demo.client import Client
from devtools.layout import SERVICES

pytestmark = pytest.mark.e2e
HIDDEN = ("/admin/", "/metrics", "/swagger/", "/healthz", "/products/reservations/1/")


class Gateway:
    """A target that returns the gateway's URL for each service."""

    def __init__(self, target):
        self.target = target

    def address(self, name):
        """Return the gateway's URL for a service, or the component's own URL."""
        return self.target.address("gateway" if name in SERVICES else name)


@pytest.fixture
def gateway(target):
    """Return the target as seen through its gateway; skip without a gateway."""
    if not target.address("gateway"):
        pytest.skip(f"NOT TESTED: the target {target.name} has no gateway")
    return Gateway(target)


def test_a_customer_places_and_pays_an_order_through_the_gateway(gateway, asha):
    client = Client(gateway)
    client.token = asha.token
    [product] = client.call("GET", "product-svc", "/products/?in_stock=true&limit=1")[
        "data"
    ]

    order = client.place({product["id"]: 1}, "e2e-gateway")
    client.pay(client.until_link(order["id"]))

    assert client.until_status(order["id"], "success")["id"] == order["id"]
    assert client.call("GET", "user-svc", "/.well-known/jwks.json")["keys"]


@pytest.mark.parametrize("path", HIDDEN)
def test_internal_paths_are_not_served(gateway, path):
    answer = requests.get(gateway.address("user-svc") + path, timeout=10)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
