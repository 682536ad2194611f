import json

import requests

from razorpay_sandbox.signatures import sign
from razorpay_sandbox.testing import serve

SUCCESS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid")


def test_a_payment_sends_four_events_with_ids_of_their_own(receiver, a_payment):
    a_payment()

    found = receiver.wait_for(*SUCCESS)

    assert sorted(one.event for one in found) == sorted(SUCCESS)
    assert len({one.id for one in found}) == 4


def test_a_delivery_has_razorpays_headers_and_a_signature_of_its_bytes(
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


def test_an_authorized_snapshot_is_older_than_the_capture(receiver, a_payment):
    a_payment()

    event = receiver.body_of("payment.authorized")
    payment = event["payload"]["payment"]["entity"]

    assert (payment["status"], payment["captured"]) == ("authorized", False)
    assert payment["fee"] is None


def test_a_links_event_is_dated_by_the_link_not_by_the_event(tmp_path, receiver):
    clock = tmp_path / "clock"
    with serve(tmp_path, receiver.url, CLOCK_FILE=str(clock)) as served:
        auth = (served.key_id, served.key_secret)
        url = f"{served.url}/v1/payment_links"
        link = requests.post(url, json={"amount": 100}, auth=auth, timeout=5).json()
        clock.write_text("3600")
        requests.post(f"{link['short_url']}/pay", timeout=5)

        event = receiver.body_of("payment_link.paid")
        captured = receiver.body_of("payment.captured")

    assert event["created_at"] == link["created_at"]
    assert captured["created_at"] >= link["created_at"] + 3600
    assert list(event) == sorted(event)


def test_a_failed_attempt_sends_one_event(receiver, a_link):
    requests.post(f"{a_link()['short_url']}/fail", timeout=5)

    event = receiver.body_of("payment.failed")

    payment = event["payload"]["payment"]["entity"]
    assert payment["error_code"] == "BAD_REQUEST_ERROR"
    assert payment["error_reason"] == "payment_failed"
    assert payment["status"] == "failed"


def test_a_refund_sends_created_and_processed(client, receiver, a_payment):
    payment = a_payment()
    client.payment.refund(payment["id"], {"amount": 100})

    created = receiver.body_of("refund.created")["payload"]
    processed = receiver.body_of("refund.processed")["payload"]

    assert created["refund"]["entity"]["status"] == "pending"
    assert processed["refund"]["entity"]["status"] == "processed"
    assert processed["payment"]["entity"]["amount_refunded"] == 100


def test_a_cancelled_link_is_announced(client, receiver, a_link):
    link = client.payment_link.cancel(a_link()["id"])

    event = receiver.body_of("payment_link.cancelled")

    entity = event["payload"]["payment_link"]["entity"]
    assert (entity["id"], entity["status"]) == (link["id"], "cancelled")
    assert "payments" not in entity


def refusing(receiver, tmp_path, status, **settings):
    receiver.status = status
    settings = {"WEBHOOK_RETRY_FACTOR": "0.0005"} | settings
    return serve(tmp_path, receiver.url, **settings)


def cancel_a_link(served):
    auth = (served.key_id, served.key_secret)
    url = f"{served.url}/v1/payment_links"
    link = requests.post(url, json={"amount": 100}, auth=auth, timeout=5).json()
    requests.post(f"{url}/{link['id']}/cancel", auth=auth, timeout=5)
    return link


def test_a_refused_delivery_is_repeated_with_the_same_id_and_bytes(tmp_path, receiver):
    with refusing(receiver, tmp_path, 500) as served:
        cancel_a_link(served)
        first, second, *_ = receiver.wait(lambda found: len(found) >= 2)
        receiver.status = 200

    assert (first.id, first.body) == (second.id, second.body)


def test_a_redirect_is_a_failure(tmp_path, receiver):
    with refusing(receiver, tmp_path, 302) as served:
        cancel_a_link(served)
        receiver.wait(lambda found: len(found) >= 2)


def test_after_eleven_refusals_a_delivery_is_given_up(tmp_path, receiver):
    with refusing(receiver, tmp_path, 500, WEBHOOK_RETRY_FACTOR="0.00001") as served:
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


def test_without_receiver_an_event_is_kept_but_never_sent(tmp_path, receiver):
    with serve(tmp_path) as served:
        cancel_a_link(served)
        served.set_webhook_url(receiver.url)
        link = cancel_a_link(served)
        found = receiver.wait_for("payment_link.cancelled")

    bodies = [json.loads(one.body)["payload"] for one in found]
    ids = [body["payment_link"]["entity"]["id"] for body in bodies]
    assert ids == [link["id"]]
