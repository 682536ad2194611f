import json

import requests

from razorpay_sandbox.signatures import sign
from razorpay_sandbox.testing import serve

SUCCESS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid")


def test_a_delivery_has_razorpays_headers_and_a_signature_of_the_body(
    receiver, served, a_payment
):
    a_payment()

    for one in receiver.wait_for(*SUCCESS):
        assert one.headers["User-Agent"] == "Razorpay-Webhook/v1"
        assert one.headers["Content-Type"] == "application/json"
        assert one.headers["Accept-Encoding"] == "gzip"
        assert one.headers["Request-Id"] == one.id
        assert len(one.id) == 14
        signature = one.headers["X-Razorpay-Signature"]
        assert signature == sign(one.body, served.webhook_secret)


def test_the_official_client_verifies_a_delivery(client, receiver, served, a_payment):
    a_payment(notes={"name": "आशा ₹"})

    for one in receiver.wait_for(*SUCCESS):
        client.utility.verify_webhook_signature(
            one.body.decode(),
            one.headers["X-Razorpay-Signature"],
            served.webhook_secret,
        )


def failing(receiver, tmp_path, status, **settings):
    receiver.status = status
    settings = {"WEBHOOK_RETRY_FACTOR": "0.0005"} | settings
    return serve(tmp_path, receiver.url, **settings)


def cancel_a_link(served):
    auth = (served.key_id, served.key_secret)
    url = f"{served.url}/v1/payment_links"
    link = requests.post(url, json={"amount": 100}, auth=auth, timeout=5).json()
    requests.post(f"{url}/{link['id']}/cancel", auth=auth, timeout=5)
    return link


def test_a_failed_delivery_is_repeated_with_the_same_id_and_body(tmp_path, receiver):
    with failing(receiver, tmp_path, 500) as served:
        cancel_a_link(served)
        first, second, *_ = receiver.wait(lambda found: len(found) >= 2)
        receiver.status = 200

    assert (first.id, first.body) == (second.id, second.body)


def test_a_redirect_counts_as_a_failed_delivery(tmp_path, receiver):
    with failing(receiver, tmp_path, 302) as served:
        cancel_a_link(served)
        receiver.wait(lambda found: len(found) >= 2)


def test_a_webhook_is_not_sent_again_after_eleven_failures(tmp_path, receiver):
    with failing(receiver, tmp_path, 500, WEBHOOK_RETRY_FACTOR="0.00001") as served:
        cancel_a_link(served)
        receiver.wait(lambda found: len(found) >= 11)
        url = f"{served.url}/control/ledger/"
        events = requests.get(url, timeout=5).json()["events"]
        while events[0]["next_attempt_at"]:
            events = requests.get(url, timeout=5).json()["events"]

    assert (events[0]["attempts"], events[0]["last_result"]) == (11, "500")
    assert events[0]["delivered_at"] is None


def test_an_undelivered_event_survives_a_restart(tmp_path, receiver):
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/kept.db",
        "WEBHOOK_RETRY_FACTOR": "0.005",
    }
    with serve(tmp_path, "http://127.0.0.1:9/nobody", **settings) as served:
        link = cancel_a_link(served)

    with serve(tmp_path, receiver.url, **settings):
        found = receiver.wait_for("payment_link.cancelled")

    body = json.loads(found[0].body)
    assert body["payload"]["payment_link"]["entity"]["id"] == link["id"]


def test_without_a_webhook_url_an_event_is_stored_but_never_sent(tmp_path, receiver):
    with serve(tmp_path) as served:
        cancel_a_link(served)
        served.set_webhook_url(receiver.url)
        link = cancel_a_link(served)
        found = receiver.wait_for("payment_link.cancelled")

    bodies = [json.loads(one.body)["payload"] for one in found]
    ids = [body["payment_link"]["entity"]["id"] for body in bodies]
    assert ids == [link["id"]]
