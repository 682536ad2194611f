"""The sandbox that tests of this package and of its clients run."""

import threading

import pytest
import requests

from razorpay_sandbox.testing import KEYS, serve


def test_a_served_sandbox_answers_with_its_keys(served):
    auth = (served.key_id, served.key_secret)

    answer = requests.get(f"{served.url}/v1/orders", auth=auth, timeout=5)

    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert served.key_id == KEYS["RAZORPAY_KEY_ID"]
    assert served.webhook_secret == KEYS["RAZORPAY_WEBHOOK_SECRET"]


def test_two_sandboxes_have_a_port_and_a_ledger_of_their_own(tmp_path):
    with serve(tmp_path) as one, serve(tmp_path) as other:
        auth = (one.key_id, one.key_secret)
        data = {"amount": 50000, "currency": "INR"}
        requests.post(f"{one.url}/v1/orders", json=data, auth=auth, timeout=5)

        counts = [
            requests.get(f"{url}/v1/orders", auth=auth, timeout=5).json()["count"]
            for url in (one.url, other.url)
        ]

    assert counts == [1, 0]


def test_a_setting_replaces_the_default(tmp_path):
    with serve(tmp_path, RAZORPAY_KEY_SECRET="another-secret-of-the-test") as served:
        auth = (served.key_id, "another-secret-of-the-test")
        answer = requests.get(f"{served.url}/v1/orders", auth=auth, timeout=5)

    assert answer.status_code == 200


def test_the_links_of_a_page_lead_to_the_served_url(served, a_link):
    assert a_link()["short_url"].startswith(f"{served.url}/")


def test_webhooks_are_sent_to_the_url_that_was_set(tmp_path, receiver):
    with serve(tmp_path) as served:
        served.set_webhook_url(receiver.url)
        auth = (served.key_id, served.key_secret)
        url = f"{served.url}/v1/payment_links"
        link = requests.post(url, json={"amount": 100}, auth=auth, timeout=5).json()
        requests.post(f"{url}/{link['id']}/cancel", auth=auth, timeout=5)

        assert receiver.wait_for("payment_link.cancelled")


def test_nothing_of_a_sandbox_runs_after_its_block(tmp_path):
    before = set(threading.enumerate())
    with serve(tmp_path) as served:
        assert set(threading.enumerate()) > before

    assert set(threading.enumerate()) <= before
    with pytest.raises(requests.ConnectionError):
        requests.get(served.url, timeout=5)
