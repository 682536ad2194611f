import itertools

import requests

from payment_svc.razorpay.signatures import Callback, is_signed
from verification.fuzz.signing import HEADER, PREFIX, Signer

LINK = ["plink_AAAAAAAAAAAAAA", "a-reference"]
SIGNATURE = "razorpay_signature"


def signer(first: int = 0) -> Signer:
    return Signer("key", "webhook", [LINK], itertools.count(first))


def query() -> dict[str, str]:
    return {
        f"{PREFIX}id": "plink_BBBBBBBBBBBBBB",
        f"{PREFIX}reference_id": "another",
        f"{PREFIX}status": "paid",
        "razorpay_payment_id": "pay_CCCCCCCCCCCCCC",
        SIGNATURE: "0" * 64,
    }


def is_valid(given: dict[str, str]) -> bool:
    names = (f"{PREFIX}id", f"{PREFIX}reference_id", f"{PREFIX}status")
    message = Callback(*(given[n] for n in names), given["razorpay_payment_id"])
    return is_signed(message.message(), given[SIGNATURE], "key")


def test_half_of_the_callbacks_are_signed_and_a_quarter_names_a_link_that_exists():
    one, given = signer(), [query() for _ in range(8)]
    for each in given:
        one.callback(each)

    assert [is_valid(each) for each in given] == [True, False] * 4
    real = [each[f"{PREFIX}id"] == LINK[0] for each in given]
    assert real == [True, False, False, False] * 2


def test_parameters_that_are_no_object_stay():
    signer().callback(None)


def test_half_of_the_webhooks_are_signed_and_a_quarter_is_an_event_of_a_link():
    one, found = signer(), []
    for _ in range(8):
        headers = {HEADER: "0" * 64}
        body = one.webhook({"id": 5}, headers)
        raw = requests.Request("POST", "http://a/", json=body).prepare().body
        found.append((is_signed(raw, headers[HEADER], "webhook"), b"payload" in raw))

    event, unsigned, plain = (True, True), (False, False), (True, False)
    assert found == [event, unsigned, plain, unsigned] * 2


def test_an_event_holds_any_generated_value():
    for value in (None, 5, "text", [1], {"a": [1]}):
        body = signer().webhook(value, {})

        entity = body["payload"]["payment"]["entity"]
        assert entity["reference_id"] == LINK[1]
        assert entity["order_id"] == value
