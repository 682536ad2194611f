"""A running sandbox, the official client for it, and a receiver of webhooks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import razorpay
import requests

from razorpay_sandbox.receiver import Receiver, receiving
from razorpay_sandbox.testing import Served, serve


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def served(tmp_path: Path, receiver: Receiver) -> Iterator[Served]:
    with serve(tmp_path, receiver.url) as found:
        yield found


@pytest.fixture
def client(served: Served) -> Iterator[razorpay.Client]:
    found = razorpay.Client(
        auth=(served.key_id, served.key_secret), base_url=served.url
    )
    yield found
    found.session.close()


@pytest.fixture
def api(served: Served) -> Iterator[requests.Session]:
    """A plain session that shows what the client hides: status and headers."""
    with requests.Session() as session:
        session.auth = (served.key_id, served.key_secret)
        yield session


@pytest.fixture
def a_link(client: razorpay.Client) -> Any:
    def make(**wanted: Any) -> dict[str, Any]:
        defaults = {
            "amount": 49900,
            "reference_id": "ORD-2026-000117",
            "callback_url": "https://shop.example.test/pay/return?from=sandbox",
            "callback_method": "get",
            "notes": {"shop_payment_id": "17"},
        }
        return client.payment_link.create(defaults | wanted)

    return make


@pytest.fixture
def a_payment(a_link: Any, client: razorpay.Client) -> Any:
    """Pay a new link on its page and return the payment."""

    def make(**wanted: Any) -> dict[str, Any]:
        link = a_link(**wanted)
        url = f"{link['short_url']}/pay"
        requests.post(url, allow_redirects=False, timeout=5).close()
        paid = client.payment_link.fetch(link["id"])
        return client.payment.fetch(paid["payments"][0]["payment_id"])

    return make
