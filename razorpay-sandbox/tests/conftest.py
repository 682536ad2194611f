"""Fixtures: a running sandbox, the official client and a webhook receiver."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import razorpay
import requests

from razorpay_sandbox.testing import Served, serve
from razorpay_sandbox.webhook_receiver import Receiver, run_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as found:
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
    """An HTTP session, for tests that need the status and headers of responses."""
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
    """Create a link, pay it on its page and return the payment."""

    def make(**wanted: Any) -> dict[str, Any]:
        link = a_link(**wanted)
        url = f"{link['short_url']}/pay"
        requests.post(url, allow_redirects=False, timeout=5).close()
        paid = client.payment_link.fetch(link["id"])
        return client.payment.fetch(paid["payments"][0]["payment_id"])

    return make


@pytest.fixture
def refund(api, served, a_payment):
    """Post a refund of one payment; return the whole answer."""
    url = f"{served.url}/v1/payments/{a_payment()['id']}/refund"

    def post(headers=None, **data):
        return api.post(url, json=data, headers=headers)

    return post
