"""The event of the self-test is signed, and changes nothing."""

import json

import pytest
import responses

from payment_svc.razorpay.self_test import post_event
from payment_svc.razorpay.signatures import is_signed

URL, SECRET = "http://pay.example/payments/webhook/", "sbx_webhook_secret_4nHk8PzT"


@responses.activate
def test_the_event_is_signed_and_names_nothing_of_ours():
    responses.post(URL, json={"status": "stored"})

    event_id, problem = post_event(URL, SECRET)

    request = responses.calls[0].request
    assert problem == ""
    assert request.headers["X-Razorpay-Event-Id"] == event_id
    assert is_signed(request.body, request.headers["X-Razorpay-Signature"], SECRET)
    assert json.loads(request.body)["payload"] == {}


@responses.activate
def test_each_event_is_a_new_one():
    responses.post(URL)

    assert post_event(URL, SECRET)[0] != post_event(URL, SECRET)[0]


@pytest.mark.parametrize(
    ("status", "word"), [(401, "SECRET"), (302, "302"), (404, "404"), (500, "500")]
)
@responses.activate
def test_an_answer_that_razorpay_takes_for_a_failure_is_named(status, word):
    responses.post(URL, status=status, headers={"Location": "http://x.example/"})

    assert word in post_event(URL, SECRET)[1]
