"""One origin for the four APIs, where there is a gateway."""

import pytest
import requests

from devtools.demo.client import Client
from devtools.layout import SERVICES

pytestmark = pytest.mark.e2e
HIDDEN = ("/admin/", "/metrics", "/swagger/", "/healthz", "/products/reservations/1/")


class Gateway:
    """The target with the gateway's address for each service."""

    def __init__(self, target):
        self.target = target

    def address(self, name):
        """Return the gateway's address for a service, the own one for what is none."""
        return self.target.address("gateway" if name in SERVICES else name)


@pytest.fixture
def gateway(target):
    """Return the target as seen through its gateway."""
    if not target.address("gateway"):
        pytest.skip(f"NOT TESTED: the {target.name} shop has no gateway")
    return Gateway(target)


def test_a_customer_shops_at_one_origin(gateway, asha):
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
def test_what_is_not_for_clients_is_not_there(gateway, path):
    answer = requests.get(gateway.address("user-svc") + path, timeout=10)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
