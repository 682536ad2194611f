"""The server that records webhooks for tests."""

from threading import Thread

import pytest
import requests

from razorpay_sandbox.webhook_receiver import Delivery, Receiver


def post(receiver, event, number="1"):
    body = f'{{"event": "{event}", "number": {number}}}'
    headers = {"X-Razorpay-Event-Id": f"event-{number}"}
    return requests.post(
        receiver.url, data=body, headers=headers, timeout=5, allow_redirects=False
    )


def test_a_delivery_is_recorded_with_its_headers_and_its_exact_body(receiver):
    answer = post(receiver, "order.paid")

    (found,) = receiver.deliveries
    assert answer.status_code == 200
    assert (found.event, found.id) == ("order.paid", "event-1")
    assert found.body == b'{"event": "order.paid", "number": 1}'


@pytest.mark.parametrize("status", [302, 400, 500])
def test_the_answer_has_the_status_that_the_test_has_set(receiver, status):
    receiver.status = status

    assert post(receiver, "order.paid").status_code == status
    assert len(receiver.deliveries) == 1


def test_waiting_ends_when_the_last_of_the_events_arrives(receiver):
    post(receiver, "order.paid")
    late = Thread(target=post, args=(receiver, "payment.captured", "2"))
    late.start()

    found = receiver.wait_for("payment.captured", "order.paid")

    late.join()
    assert [one.event for one in found] == ["order.paid", "payment.captured"]


def test_the_latest_body_of_an_event_is_returned(receiver):
    for event, number in (("order.paid", "1"), ("order.paid", "2"), ("other", "3")):
        post(receiver, event, number)

    assert receiver.body_of("order.paid") == {"event": "order.paid", "number": 2}


def test_an_event_that_never_arrives_is_an_error_with_those_that_did(monkeypatch):
    receiver = Receiver(deliveries=[Delivery({}, b'{"event": "order.paid"}')])
    monkeypatch.setattr(receiver.changed, "wait_for", lambda enough, timeout: enough())

    with pytest.raises(TimeoutError, match=r"order\.paid"):
        receiver.wait_for("payment.captured")
