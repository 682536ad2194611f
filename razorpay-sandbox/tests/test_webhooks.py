import requests

from razorpay_sandbox.testing import serve

SUCCESS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid")


def test_a_payment_sends_four_events_with_different_ids(receiver, a_payment):
    a_payment()

    found = receiver.wait_for(*SUCCESS)

    assert sorted(one.event for one in found) == sorted(SUCCESS)
    assert len({one.id for one in found}) == 4


def test_the_authorized_event_shows_the_payment_before_its_capture(receiver, a_payment):
    a_payment()

    event = receiver.body_of("payment.authorized")
    payment = event["payload"]["payment"]["entity"]

    assert (payment["status"], payment["captured"]) == ("authorized", False)
    assert payment["fee"] is None


def test_a_link_event_has_the_creation_time_of_the_link(tmp_path, receiver):
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


def test_cancelling_a_link_sends_an_event(client, receiver, a_link):
    link = client.payment_link.cancel(a_link()["id"])

    event = receiver.body_of("payment_link.cancelled")

    entity = event["payload"]["payment_link"]["entity"]
    assert (entity["id"], entity["status"]) == (link["id"], "cancelled")
    assert "payments" not in entity
